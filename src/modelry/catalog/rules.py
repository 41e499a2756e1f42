"""The pages of rules: each in its own words, with a change that it refuses and one that it lets pass."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from itertools import islice
from typing import Any, NamedTuple

from modelry.checks.base import Rule
from modelry.model.files import Files

_BEGIN = """\
# Rules

What `modelry check` looks at, in the order in which `modelry explain` lists it. Each rule is shown by a
change that it refuses, with what it then says, and by one that it lets pass. A finding of the grade
*error* forbids the merge; *needs a person* asks somebody who may decide.

"""

DOCTOR = """\
# The doctor's rules

What `modelry doctor` looks at, in the order in which `modelry explain` lists it. Each rule is shown by what
weakens a sound setup, with what the doctor then says, and by something that it lets be. `settings.json` is a dump of the
forge's settings. The number at the end of a rule is that of its point in the checklist: D01 to D26, and T08 for DVC's
configuration. [How to use it](../how-to/doctor.md).

"""


class Example(NamedTuple):
    """A change that shows a rule."""

    rule: str
    """The id of the rule."""
    passes: bool
    """Whether the rule lets it pass."""
    situation: str
    """What the change is, in a few words."""
    before: Files
    after: Files
    said: str
    """What `modelry check` says of it; empty where that is of no interest."""


def page(rules: Sequence[Rule[Any]], examples: Iterable[Example], begin: str = _BEGIN) -> str:
    """Give the page as Markdown: every rule with its first bad and its first good example, and the names of the rest."""
    known = list(examples)
    index = [
        "| rule | what it finds |",
        "|---|---|",
        *(f"| [`{rule.id}`](#{rule.id}) | {rule.title} |" for rule in rules),
    ]
    parts = [_part(rule, [example for example in known if example.rule == rule.id]) for rule in rules]
    return begin + "\n".join(index) + "\n\n" + "\n\n".join(parts) + "\n"


def _part(rule: Rule[Any], examples: Sequence[Example]) -> str:
    blocks = [f"## {rule.id}", f"**{rule.title}** ({rule.severity.value})", rule.explanation]
    for passes, told in ((False, "Refused"), (True, "Passes")):
        shown = [example for example in examples if example.passes is passes]
        for example in islice(shown, 1):
            blocks += [f"### {told}: {example.situation}"]
            blocks += [_fenced("diff", "".join(_difference(example)))]
            blocks += [_fenced("text", example.said)] if example.said else []
        if len(shown) > 1:
            blocks += [f"Likewise: {'; '.join(example.situation for example in shown[1:])}."]
    return "\n\n".join(blocks)


def _difference(example: Example) -> Iterator[str]:
    for path in sorted({*example.before, *example.after}):
        old, new = example.before.get(path), example.after.get(path)
        if old != new:
            names = "/dev/null" if old is None else path, "/dev/null" if new is None else path
            for line in unified_diff(_lines(old), _lines(new), *names, n=2):
                yield line if line.endswith("\n") else f"{line}\n"


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode(errors="replace").splitlines(keepends=True)


def _fenced(language: str, text: str) -> str:
    fence = "`" * 3
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
