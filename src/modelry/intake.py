"""Intake: the answers to the issue form "register a model" become what `modelry register` is told by its options."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modelry.errors import RegistryError, UsageError
from modelry.model import addresses, forms
from modelry.model.files import Tree
from modelry.model.forms import Question
from modelry.scaffolding import shipped
from modelry.storage import facts, yaml
from modelry.storage.facts import Given

FORM = ".github/ISSUE_TEMPLATE/register-a-model.yml"
_FILES = ("metrics", "params", "data", "signature", "card")
"""What an option names a file for; here the answer is the file."""
_SEVERAL = ("tag", "parent", "owner")
"""What an option may be given for more than once; here with commas."""
_LINES = ("model", "version", "summary", "path", "license", "dataset", "code", "title", "purpose", "task")


def options(issue: Path, main: Tree) -> dict[str, Any]:
    """Give what an issue's text says, by the names of the options of `modelry register`.

    The questions are those of the form that main has; where it has none, of the one that `modelry init` writes.
    """
    answers = forms.read(facts.text(issue), _questions(main))
    return dict(option for name, answer in answers.items() for option in _options(name, answer))


def _options(name: str, answer: str) -> Iterator[tuple[str, Any]]:
    """Give the option that an answer is; none for a question that a team added for its own readers."""
    if name in _LINES:
        yield name, answer
    elif name in _FILES:
        yield name, Given(name, f"{answer}\n".encode())
    elif name in _SEVERAL:
        yield name, tuple(word.strip() for word in answer.split(",") if word.strip())
    elif name == "format":
        yield "format_", answer
    elif name == "sha256":
        yield name, answer.lower()
    elif name == "size":
        yield name, _size(answer)
    elif name == "url":
        # A path would be one on the machine that reads the issue.
        if addresses.parse(answer) is None:
            raise UsageError(
                f"{answer[:200]!r} is no https:// address", hint="name a file that anybody can download"
            )
        yield "artifact", answer


def _size(answer: str) -> int:
    plain = answer.replace(",", "").replace("_", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 16):  # noqa: PLR2004 - what a number holds exactly
        raise UsageError(f"{answer[:200]!r} is no number of bytes", hint="write it in digits")
    return int(plain)


def _questions(main: Tree) -> list[Question]:
    data = main.read(FORM) if FORM in main.entries else shipped.files("github")[FORM]
    parsed = yaml.parse(data)
    body = parsed.value.get("body") if isinstance(parsed.value, Mapping) else None
    found = [_question(one) for one in body] if isinstance(body, list) else []
    questions = [one for one in found if one is not None]
    if not questions:
        raise RegistryError(f"{FORM} on main is no issue form", hint="take the one that modelry init writes")
    return questions


def _question(one: Any) -> Question | None:  # noqa: ANN401 - whatever YAML held
    match one:
        case {
            "type": "input" | "textarea" | "checkboxes" as kind,
            "id": str(name),
            "attributes": {"label": str(label)},
        }:
            return Question(name, label, kind)
        case {"type": "dropdown", "id": str(name), "attributes": {"label": str(label)}}:
            return Question(name, label, "input")
    return None
