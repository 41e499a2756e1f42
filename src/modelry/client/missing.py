"""What a reference asked for and does not exist, told with the name that was probably meant."""

from collections.abc import Iterable

from modelry.errors import NotFoundError
from modelry.model import names


def model(name: str, known: Iterable[str]) -> NotFoundError:
    """Say that there is no such model."""
    return NotFoundError(f"there is no model {name}", hint=_near(name, known, "modelry list"))


def version(of: str, number: str, known: Iterable[str]) -> NotFoundError:
    """Say that a model has no such version."""
    return NotFoundError(f"{of} has no version {number}", hint=_near(number, known, f"modelry show {of}"))


def holder(of: str, stage: str, known: Iterable[str]) -> NotFoundError:
    """Say that no version of a model holds the stage."""
    return NotFoundError(f"nothing holds {stage} of {of}", hint=_near(stage, known, f"modelry show {of}"))


def latest(of: str) -> NotFoundError:
    """Say that a model has no version, or only withdrawn ones."""
    return NotFoundError(f"{of} has no version to take", hint=f"see what there is: modelry show {of}")


def _near(name: str, known: Iterable[str], command: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only ever needed to be kind

    proper = [other for other in known if names.is_model(other) or names.is_version(other)]
    found = get_close_matches(name, proper, n=1)
    return f"did you mean {found[0]}?" if found else f"see what there is: {command}"
