"""Names, versions, digests and references: what may be called what, and the one order of versions."""

import re
from datetime import timedelta
from typing import NamedTuple

from modelry.errors import UsageError

MODEL = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
"""A model's name: also legal for GTO, MLflow, Hugging Face, OCI and as a Kubernetes label."""

STAGE = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
"""A stage's name. `latest` and `v<digits>` are taken: see `is_stage`."""

_NUMBER = r"(0|[1-9][0-9]{0,8})"
_IDENTIFIER = r"(0|[1-9][0-9]{0,8}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
VERSION = (
    rf"^{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
    rf"(-{_IDENTIFIER}(\.{_IDENTIFIER})*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$"
)
"""SemVer 2. Numbers have at most nine digits, so that every reader holds them exactly."""

SHA256 = r"^[0-9a-f]{64}$"
MD5 = r"^[0-9a-f]{32}$"
COMMIT = r"^([0-9a-f]{40}|[0-9a-f]{64})$"
DIGEST = (
    r"^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|blake3:[0-9a-f]{64}|sha1:[0-9a-f]{40}|md5:[0-9a-f]{32})$"
)
"""A digest of somebody else's data, with the name of its algorithm."""

FILE = r"^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,126}[A-Za-z0-9_-])?$"
"""A bare file or folder name that every system can hold; never hidden, never an option."""

METRIC = r"^[a-z][a-z0-9_]{0,62}$"
SLUG = r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$"
"""A data set, slice, tag, evaluation or waiver."""
GATE = r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9_])?$"
"""A gate: a name of its own, or that of its metric or evaluation."""

DURATION = r"^[1-9][0-9]{0,4}(m|h|d|w)$"
"""Minutes, hours, days or weeks: `30m`, `12h`, `7d`, `2w`."""

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

_version = re.compile(VERSION)
_model = re.compile(MODEL)
_stage = re.compile(STAGE)
_file = re.compile(FILE)
_slug = re.compile(SLUG)
_object = re.compile(r"\.[A-Za-z0-9_][A-Za-z0-9_.-]*/files/md5/[0-9a-f]{2}/[0-9a-f]{30}(\.dir)?")
_reserved = re.compile(r"latest|v[0-9]+")
_bump = {"major": 0, "minor": 1, "patch": 2}

Precedence = tuple[tuple[int, int, int], bool, tuple[tuple[int, int, str], ...], str]


def is_model(text: str) -> bool:
    """Whether the text may name a model."""
    return _model.fullmatch(text) is not None


def is_stage(text: str) -> bool:
    """Whether the text may name a stage."""
    return _stage.fullmatch(text) is not None and _reserved.fullmatch(text) is None


def is_version(text: str) -> bool:
    """Whether the text is a version by SemVer 2."""
    return len(text) <= 64 and _version.fullmatch(text) is not None  # noqa: PLR2004 - a folder's name


def is_file(text: str) -> bool:
    """Whether the text may name an artifact's file or folder."""
    return _file.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Whether the text may name a task, a data set, a tag."""
    return _slug.fullmatch(text) is not None


def is_object(text: str) -> bool:
    """Whether the path may be that of an object of a DVC remote in the registry's own folder."""
    return _object.fullmatch(text) is not None


def duration(text: str) -> timedelta:
    """Give the length of a duration; raises `UsageError` for what is none."""
    if re.fullmatch(DURATION, text) is None:
        raise UsageError(f"{text!r} is not a duration", hint="write for example 30m, 12h, 7d or 2w")
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def precedence(version: str) -> Precedence:
    """Give the sort key of a version: SemVer's precedence, made total by the build metadata."""
    rest, _, build = version.partition("+")
    core, _, pre = rest.partition("-")
    major, minor, patch = (int(part) for part in core.split("."))
    identifiers = tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part) for part in pre.split(".") if part
    )
    return (major, minor, patch), not pre, identifiers, build


def is_release(version: str) -> bool:
    """Whether the version is none of SemVer's pre-releases."""
    return "-" not in version.partition("+")[0]


def bump(version: str, part: str) -> str:
    """Give the next version; `part` is major, minor or patch. A pre-release bumps to its release."""
    core = version.partition("+")[0]
    numbers = [int(number) for number in core.partition("-")[0].split(".")]
    at = _bump[part]
    if "-" in core and not any(numbers[at + 1 :]):
        return ".".join(map(str, numbers))
    return ".".join(map(str, [*numbers[:at], numbers[at] + 1, *[0] * (2 - at)]))


class Reference(NamedTuple):
    """What a user asks for: a model, and which of its versions."""

    model: str
    version: str | None
    """An exact version, or None."""
    stage: str | None
    """A stage, or None. Neither version nor stage means the latest version."""

    def __str__(self) -> str:
        return f"{self.model}@{self.version or self.stage or 'latest'}"


def reference(text: str) -> Reference:
    """Read `MODEL`, `MODEL@1.2.0`, `MODEL@STAGE`, `MODEL@latest` or, as GTO writes, `MODEL#STAGE`.

    A version may carry a leading `v`. Raises `UsageError` for anything else.
    """
    model, sign, which = text.partition("#" if "#" in text else "@")
    bare = which.removeprefix("v")
    if is_model(model):
        if (not sign) or (sign == "@" and which == "latest"):
            return Reference(model, None, None)
        if sign == "@" and is_version(bare):
            return Reference(model, bare, None)
        if is_stage(which):
            return Reference(model, None, which)
    raise UsageError(
        f"{text!r} is not a reference",
        hint="write MODEL, MODEL@1.2.0, MODEL@STAGE or MODEL@latest, for example churn@production",
    )
