"""The page of all commands, made from their own help: `python -m tests.commands_page --write`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from modelry.cli import COMMANDS, group

PAGE = Path(__file__).parents[1] / "site/docs/reference/commands.md"
_WIDTH = 100
_HEAD = """\
# Commands

Every command, as its own `--help` describes it. What a command answers goes to stdout, what it has to say besides to
stderr; [exit codes](exit-codes.md) mean the same everywhere.

<!-- Made by `python -m tests.commands_page --write`; a test compares. -->
"""


def text() -> str:
    """Give the page."""
    top = _context(group, "modelry", None)
    parts = [_HEAD, *_section("modelry", group.get_help(top))]
    for name in COMMANDS:
        command = group.get_command(top, name)
        if command is not None:
            context = _context(command, name, top)
            parts += _section(f"modelry {name}", command.get_help(context))
            for inner in sorted(getattr(command, "commands", {}).values(), key=lambda one: one.name):
                shown = inner.get_help(_context(inner, inner.name, context))
                parts += _section(f"modelry {name} {inner.name}", shown)
    return "\n".join(parts)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    command._help_option = (
        None  # click keeps the one of the first time, which may have been without our names
    )
    return click.Context(
        command,
        parent,
        info_name=name,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
        help_option_names=["-h", "--help"],
    )


def _section(title: str, shown: str) -> Iterator[str]:
    lines = "\n".join(line.rstrip() for line in shown.splitlines())
    yield f"## {title}\n\n```text\n{lines}\n```\n"


def main() -> None:
    """Print the page, or with --write put it in its place."""
    if sys.argv[1:] == ["--write"]:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text(), "utf-8")
    else:
        click.echo(text(), nl=False)


if __name__ == "__main__":
    main()
