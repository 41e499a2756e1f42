"""Where reports go: to stdout, or into files, several of one judgement if asked."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from modelry.errors import UsageError

Told = Callable[[str], str]
"""Gives a report in a format."""
Target = tuple[str, str]
"""A format, and the file that it goes to; `-` is stdout."""


class Targets(click.ParamType[Target]):
    """A report and where it goes: `FORMAT=FILE`, or `FORMAT=-`."""

    name = "target"

    def __init__(self, formats: Mapping[str, object]) -> None:
        self.formats = formats

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's own signature
        """Say how it is written."""
        return "FORMAT=FILE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Target:
        """Give the format and the file."""
        name, _, file = value.partition("=")
        if name not in self.formats or not file:
            known = ", ".join(self.formats)
            self.fail(f"{value!r} is not FORMAT=FILE, with a format out of {known}.", param, ctx)
        return name, file


def asked(name: str | None, others: Sequence[Target]) -> Sequence[Target]:
    """Give where the reports go; text goes to stdout where nobody asked for anything."""
    plain = [(name or "text", "-")] if name or not others else []
    found = [*plain, *others]
    if [file for _, file in found].count("-") > 1:
        raise UsageError(
            "two reports cannot share stdout", hint="give one of them a file: --report sarif=FILE"
        )
    return found


def tell(targets: Sequence[Target], told: Told, *, aside: bool = False) -> None:
    """Write the reports; what is for stdout goes to stderr if it stands `aside`."""
    for name, file in targets:
        if file == "-":
            click.echo(told(name), err=aside, nl=False)
        else:
            Path(file).write_text(told(name), "utf-8", newline="")
