"""Who is told what has reached main: each receiver of the policy gets every event, in order, at least once.

- `receivers` are whom the policy names, and how each is told.
- `cursors` remember, at origin, up to which commit each was told.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model import schema
from modelry.model.events import Event
from modelry.notifying import cursors
from modelry.notifying.receivers import Receiver
from modelry.reports import notices
from modelry.reports.notices import Message
from modelry.storage import commits, line, moments

SCHEMA = f"{schema.HOME}/event/v1.json"
"""What each notice names as its schema."""


class Outcome(NamedTuple):
    """What came of telling one receiver."""

    name: str
    messages: Sequence[Message]
    """What it was told, or with a dry run would be; the last one failed where there is an error."""
    begins: bool = False
    """Whether it was never told anything before: it is told what comes from now on."""
    error: RegistryError | None = None


class _Due(NamedTuple):
    event: Event
    message: Message


def tell(
    repository: Repository, receivers: Sequence[Receiver], since: str | None, *, dry_run: bool
) -> Iterator[Outcome]:
    """Tell each receiver what main has got since a commit, or since it was told last; that is then remembered.

    What is told again, because a commit is given, moves no mark. One that cannot be told keeps no other from it.
    """
    commit = repository.commit(repository.base)
    known = {} if since else cursors.read(repository)
    everything = _everything(repository, commit)
    for receiver in receivers:
        start = since or known.get(receiver.name)
        if start is None:
            if not dry_run:
                cursors.move(repository, receiver.name, commit, None)
            yield Outcome(receiver.name, (), begins=True)
            continue
        after = line.after(repository, start, commit)
        due = [each for each in everything if each.event.commit in after and receiver.wants(each.message)]
        sent, error = ([each.message for each in due], None) if dry_run else _sent(receiver, due)
        if not since and not dry_run:
            reached = commit if error is None else _whole(due, len(sent))
            cursors.move(repository, receiver.name, reached, start)
        yield Outcome(receiver.name, sent, error=error)


def _everything(repository: Repository, commit: str) -> list[_Due]:
    registry = commits.registry(repository, commit)
    past = moments.past(repository.path, commit)
    return [_Due(*each) for each in notices.told(past.events, registry, SCHEMA)]


def _sent(receiver: Receiver, due: Sequence[_Due]) -> tuple[list[Message], RegistryError | None]:
    """Tell it one after the other until it fails: what came later is never told before what came earlier."""
    sent = []
    for each in due:
        sent.append(each.message)
        try:
            receiver.send(each.message)
        except RegistryError as error:
            return sent, error
    return sent, None


def _whole(due: Sequence[_Due], tried: int) -> str | None:
    """Give the last commit of which all was told, before the one that failed; None where there is none."""
    failed = due[tried - 1].event.commit
    before = [each.event.commit for each in due[: tried - 1] if each.event.commit != failed]
    return before[-1] if before else None
