"""What the doctor's rules may see: documents of others as plain values with places, and the settings that the forge has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from modelry.checks.base import Problem, UnavailableError
from modelry.model.places import Fault, Position
from modelry.model.policy import Policy

Keys = tuple[str | int, ...]

NO_SETTINGS = (
    "no settings of the forge: modelry doctor --ask, or modelry doctor --dump > FILE and then --settings FILE"
)

NOT_KNOWN = "of GitHub alone the settings are known: see to those of another forge by hand"


@dataclass(frozen=True)
class Sheet:
    """A document in somebody else's format: what it says, or what is wrong with it."""

    path: str
    value: object
    """What it says, as plain dicts, lists and scalars; None where it cannot be read."""
    text: str
    faults: tuple[Fault, ...] = ()
    """Why it cannot be read."""
    locate: Callable[[Keys], Position] = field(default=lambda _: Position(1, 1), compare=False)
    """Find a value, or the innermost that is there, by the keys that lead to it."""

    @property
    def top(self) -> "Piece":
        """Give all that it says."""
        return Piece(self, (), self.value)


@dataclass(frozen=True)
class Piece:
    """A value in a document of others. Whatever is asked of it, it answers, if need be with a piece that says nothing."""

    sheet: Sheet
    keys: Keys
    value: object

    def __getitem__(self, key: str | int) -> "Piece":
        inner: object = None
        match self.value, key:
            case dict() as fields, str():
                inner = fields.get(key)
            case list() as items, int() if 0 <= key < len(items):
                inner = items[key]
        return Piece(self.sheet, (*self.keys, key), inner)

    def __iter__(self) -> Iterator["Piece"]:
        count = len(self.value) if isinstance(self.value, list) else 0
        return (self[index] for index in range(count))

    def __contains__(self, key: object) -> bool:
        return isinstance(self.value, dict) and key in self.value

    @property
    def fields(self) -> Mapping[str, "Piece"]:
        """Give the pieces of a mapping; none of anything else."""
        return {key: self[key] for key in self.value} if isinstance(self.value, dict) else {}

    @property
    def text(self) -> str:
        """Give a text; empty for anything else."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def name(self) -> str:
        """Give the key that it stands under; empty for an item of a list."""
        return next((key for key in self.keys[-1:] if isinstance(key, str)), "")

    @property
    def texts(self) -> Iterator["Piece"]:
        """Give all texts in it, however deep."""
        if isinstance(self.value, str):
            yield self
        for piece in (*self, *self.fields.values()):
            yield from piece.texts

    @property
    def line(self) -> str:
        """Give the line of the document that it stands on, with its comment."""
        lines = self.sheet.text.split("\n")
        number = self.sheet.locate(self.keys).line
        return lines[number - 1] if number <= len(lines) else ""

    def problem(self, message: str, hint: str = "") -> Problem:
        """Say what is wrong here."""
        return Problem(self.sheet.path, message, self.sheet.locate(self.keys), hint)


class UnseenError(UnavailableError):
    """The forge was asked, and did not say: whoever wanted to know has no answer."""


class Remark(NamedTuple):
    """What another tool has to say of a file."""

    audit: str
    """Which of its audits says so."""
    problem: Problem


@dataclass(frozen=True)
class Setup:
    """All that a rule may see of how a registry is kept."""

    sheets: Mapping[str, Sheet]
    """Workflows, actions and other configuration, by path."""
    texts: Mapping[str, str]
    """Files that are no YAML or JSON, by path: CODEOWNERS, DVC's configuration."""
    folders: frozenset[str] = frozenset()
    """The folders at the top."""
    models: tuple[str, ...] = ()
    policy: Policy | None = None
    """None when there is none that can be read: of that, `check` speaks."""
    settings: Sheet | None = None
    """What the forge answered: a document `forge-settings/v1`."""
    audit: Callable[[], Sequence[Remark]] | None = None
    """Asks zizmor; None where it is not installed."""

    @property
    def is_github(self) -> bool:
        """Say whether the registry is kept on GitHub."""
        host = str(self.policy.repository).split("/")[2:3] if self.policy is not None else []
        has_workflows = any(path.startswith(".github/workflows/") for path in self.sheets)
        return self.settings is not None or has_workflows or host == ["github.com"]

    @property
    def repository(self) -> str:
        """Give whose settings these are: OWNER/NAME; empty without settings."""
        return self.settings.top["repository"].text if self.settings is not None else ""

    def answer(self, endpoint: str) -> Piece:
        """Give what the forge answered; raises `UnavailableError` where nobody asked, and `UnseenError` where it did not say."""
        answer = self.given(endpoint)
        if (refusal := _refusal(answer)) is not None:
            raise UnseenError(f"could not look: {endpoint}: {refusal}")
        return answer

    def optional(self, endpoint: str) -> Piece | None:
        """Give what the forge answered; None where it says that there is none, to somebody who would see it."""
        answer = self.given(endpoint)
        is_admin = self.given("repository")["permissions"]["admin"].value is True
        if str(answer["status"].value) == "404" and _refusal(answer) is not None and is_admin:
            return None
        return self.answer(endpoint)

    def given(self, endpoint: str) -> Piece:
        """Give what was answered, an error too; raises `UnavailableError` where there are no settings."""
        if self.settings is None:
            raise UnavailableError(NO_SETTINGS if self.is_github else NOT_KNOWN)
        return self.settings.top["answers"][endpoint]


def _refusal(answer: Piece) -> str | None:
    """Give in what words an answer is none; None where it is one."""
    if answer.value is None:
        return "there is no answer"
    status = str(answer["status"].value)
    if "message" in answer and status.isdigit():
        return f"{status} {answer['message'].text}"
    return None
