"""Answers to an issue form, as GitHub writes them into the issue: words of a stranger, read as data and bounded."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from modelry.errors import UsageError

_LONGEST = 65_536
"""Characters that an issue has at most."""
_LINE = 1_000
"""Characters of an answer of one line."""
_EMPTY = "_No response_"
_FENCE = re.compile(r"(`{3,})[A-Za-z0-9]*\n(.*)\n\1", re.DOTALL)


class Question(NamedTuple):
    """What a form asks."""

    id: str
    """What the answer is called by programs."""
    label: str
    """The heading under which the issue has the answer."""
    kind: Literal["input", "textarea", "checkboxes"]


def read(text: str, questions: Sequence[Question]) -> dict[str, str]:
    """Give the answers in an issue's text, by the id of the question; what was not answered is left out.

    Raises `UsageError` for text that this form did not make: each question's heading must be there once, in order.
    """
    clean = text.replace("\r\n", "\n")
    if len(clean) > _LONGEST:
        raise UsageError(f"the issue has {len(clean):,} characters", hint=f"at most {_LONGEST:,} are read")
    strange = next((char for char in clean if not (char.isprintable() or char in "\n\t")), None)
    if strange is not None:
        raise UsageError(f"the issue holds {strange!r}, which nobody sees", hint="take it out")
    sections = _sections(clean.split("\n"), questions)
    answers = {question.id: _answer(question, sections[question.id]) for question in questions}
    return {name: answer for name, answer in answers.items() if answer}


def _sections(lines: Sequence[str], questions: Sequence[Question]) -> dict[str, str]:
    """Give what stands below each heading; a heading counts where it is the next of the form, and in no fence."""
    found: dict[str, list[str]] = {}
    into: list[str] = []
    fence = ""
    for line in lines:
        expected = questions[len(found)].label if len(found) < len(questions) else None
        if not fence and expected is not None and line.rstrip() == f"### {expected}":
            into = found[questions[len(found)].id] = []
            continue
        if fence and line.rstrip() == fence:
            fence = ""
        elif not fence and line.startswith("```"):
            fence = line[: len(line) - len(line.lstrip("`"))]
        into.append(line)
    if len(found) < len(questions):
        raise UsageError(
            f"the issue has no section {questions[len(found)].label!r} where the form has it",
            hint="fill the form in again; do not take its headings out",
        )
    return {name: "\n".join(below).strip() for name, below in found.items()}


def _answer(question: Question, text: str) -> str:
    if text == _EMPTY:
        return ""
    match question.kind:
        case "textarea":
            fenced = _FENCE.fullmatch(text)
            return fenced[2] if fenced is not None else text
        case "checkboxes":
            if any(line.startswith("- [ ]") for line in text.split("\n")):
                raise UsageError(f"{question.label!r} is not ticked", hint="tick it, or do not register")
            return ""
    heading = next((line for line in text.split("\n") if line.startswith("### ")), None)
    if heading is not None:
        raise UsageError(
            f"the issue has a section {heading[4:104]!r} that the form does not have there",
            hint="take it out",
        )
    if "\n" in text or len(text) > _LINE:
        raise UsageError(f"{question.label!r} is one line of at most {_LINE:,} characters", hint="shorten it")
    return text
