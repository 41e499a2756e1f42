"""A commit's note: the statements that stand in it, one on each line, and what they say together."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from modelry.model.evidence import Approver, Check, Envelope, Predicate, Proposed, Someone, Statement

T = TypeVar("T")


@dataclass(frozen=True)
class Recorded:
    """One line of a note: a statement, and the envelope that it came in where it is signed."""

    statement: Statement
    envelope: Envelope | None = None


@dataclass(frozen=True)
class Evidence:
    """All that is recorded of one commit."""

    recorded: tuple[Recorded, ...] = ()
    faults: tuple[str, ...] = ()
    """Lines of the note that are no statement."""

    @property
    def statements(self) -> Iterator[Predicate]:
        """What the statements say."""
        for each in self.recorded:
            yield each.statement.predicate

    @property
    def approvers(self) -> tuple[Approver, ...]:
        """Everybody who approved, each once."""
        return _each({said.who: said for each in self.statements for said in each.approvers})

    @property
    def author(self) -> Someone | None:
        """Who proposed it; with the account, where any statement has it."""
        found = [said.author for said in self.statements]
        return next((author for author in found if author.id), next(iter(found), None))

    @property
    def checks(self) -> tuple[Check, ...]:
        """Everything that was run, each once."""
        return _each({(said.name, said.conclusion): said for each in self.statements for said in each.checks})

    @property
    def proposal(self) -> Proposed:
        """Where it was proposed, as far as any statement says."""
        told = [each.proposal for each in self.statements]
        return Proposed(
            branch=next((said.branch for said in told if said.branch), None),
            number=next((said.number for said in told if said.number is not None), None),
            url=next((said.url for said in told if said.url), None),
        )


def _each(found: dict[tuple[str, str], T]) -> tuple[T, ...]:
    return tuple(found[key] for key in sorted(found))


def read(note: bytes) -> Evidence:
    """Read a note: statements, signed or not, one on each line. Never raises for what it holds."""
    recorded, faults = [], []
    for number, text in enumerate(note.splitlines(), 1):
        if not text.strip():
            continue
        try:
            recorded.append(_recorded(text))
        except (ValueError, RecursionError) as error:
            why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            faults.append(f"line {number} is no statement of evidence/v1: {why}")
    return Evidence(tuple(recorded), tuple(faults))


def _recorded(text: bytes) -> Recorded:
    held = json.loads(text)
    if isinstance(held, dict) and "payload" in held:
        envelope = Envelope.model_validate_json(text)
        payload = base64.b64decode(envelope.payload, validate=True)
        return Recorded(Statement.model_validate_json(payload), envelope)
    return Recorded(Statement.model_validate_json(text))


def joined(notes: Iterable[bytes]) -> bytes:
    """Join notes of one commit: every line of any of them, once, in order, so that nobody's is lost."""
    lines = {line for note in notes for line in note.splitlines() if line.strip()}
    return b"".join(line + b"\n" for line in sorted(lines))
