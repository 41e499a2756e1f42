"""What happened to the registry, read from main's line in one pass."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from modelry.git import Repository, reading
from modelry.model import landings, layout, names
from modelry.model.changes import Move
from modelry.model.events import Event, Past, What
from modelry.model.files import Entry
from modelry.model.landings import Landing
from modelry.model.layout import Place
from modelry.model.notes import Evidence
from modelry.storage import evidence, line, yaml
from modelry.storage.line import Landed, Touch

_ORDER: tuple[What, ...] = get_args(What)
"""Of one commit's events, which comes first."""
_SUMMARY = re.compile(rb"^summary: ([A-Za-z][\w ,.;()/%+-]{5,200}[\w.)])\n(?=[a-z])", re.MULTILINE)
"""One line that every YAML reader takes for itself; ten thousand records need not be parsed for it."""
_TELLING = frozenset(
    {"policy", "schema", "model", "version", "evaluation", "yank", "unyank", "assignment", "waiver"}
)


class Record(NamedTuple):
    """What main's line tells up to a commit: nothing but the commits says so, and evidence is not in it."""

    commit: str
    home: str
    """The repository's address, by which pull requests have theirs."""
    events: tuple[Event, ...]
    """Oldest first."""
    held: Mapping[tuple[str, str], Sequence[str]]
    """By model and stage the versions that have held it."""


def read(
    repository: Repository, revision: str, *, model: str | None = None, stage: str | None = None
) -> Past:
    """Give what happened on main up to a revision: to the whole registry, a model, or one stage of a model."""
    found = told(repository, revision, model=model, stage=stage)
    return found._replace(events=witnessed(repository, found.events))


def told(
    repository: Repository, revision: str, *, model: str | None = None, stage: str | None = None
) -> Past:
    """Give the same as the commits alone tell it, without a look at evidence."""
    if model is None:
        # To look at a model alone is quick where git looks at the path; for all, to look at all is quicker.
        paths: tuple[str, ...] = ()
    else:
        folder = layout.model(model).rpartition("/")[0]
        paths = (folder if stage is None else layout.stage(model, stage),)
    commits = line.commits(repository, revision, *paths)
    boundary = repository.boundary
    first = next((one for one in commits if one.commit in boundary), None)
    whole = [one for one in commits if one.commit not in boundary]
    at = home(repository, revision)
    made, _ = _made(repository, whole, paths or (layout.ROOT,), at, {})
    unknown = _landings(repository, [first], {first.commit}, at)[first.commit] if first else None
    return Past(repository.commit(revision), made, unknown)


def follow(repository: Repository, commit: str, known: Record | None) -> Record:
    """Give what main's line tells up to a commit; of what is known up to an earlier one nothing is read again."""
    since = f"^{known.commit}" if known else None
    before, held = (known.events, known.held) if known else ((), {})
    at = home(repository, commit)
    new = line.commits(repository, commit, since=since)
    made, held = _made(repository, new, (layout.ROOT,), at, held)
    return Record(commit, at, (*before, *made), held)


def witnessed(repository: Repository, events: Iterable[Event]) -> tuple[Event, ...]:
    """Give events with who proposed and who approved them as evidence has it, where there is any."""
    found = tuple(events)
    recorded = evidence.read(repository, {event.commit for event in found}) if found else {}
    return attested(found, recorded)


def attested(events: Iterable[Event], recorded: Mapping[str, Evidence]) -> tuple[Event, ...]:
    """Give events with who proposed and who approved them as this evidence has it, by commit."""
    found = tuple(events)
    seen = {
        event.commit: landings.witnessed(event.landing, recorded[event.commit])
        for event in found
        if event.commit in recorded
    }
    return tuple(
        event._replace(landing=seen[event.commit]) if event.commit in seen else event for event in found
    )


def _made(
    repository: Repository,
    commits: Sequence[Landed],
    paths: Sequence[str],
    at: str,
    held: Mapping[tuple[str, str], Sequence[str]],
) -> tuple[tuple[Event, ...], Mapping[tuple[str, str], Sequence[str]]]:
    """Give the events of commits, and which versions held the stages after them; `held` says it of before."""
    touches = [
        (touch, place)
        for touch in line.touched(repository, commits, *paths)
        if (place := layout.place(touch.path)) is not None and place.kind in _TELLING
    ]
    said = _said(repository, touches)
    landed = _landings(repository, commits, {touch.commit for touch, _ in touches}, at)
    telling = _Telling(landed, said, held)
    return tuple(telling.events(touches)), telling.held


def _landings(
    repository: Repository, commits: Sequence[Landed], wanted: set[str], at: str
) -> dict[str, Landing]:
    found = [one for one in commits if one.commit in wanted]
    sides = {one.commit: one.parents.split(" ")[1:] for one in found}
    unsaid = (one.commit for one in found if not landings.claim(one.message, merges=one.is_merge).proposed_by)
    who = line.authors(repository, (side for commit in unsaid for side in sides[commit]))
    return {
        one.commit: landings.of(
            *(one.commit, one.when, one.author, one.committer, one.message),
            merged=tuple(dict.fromkeys(who.get(side, "") for side in sides[one.commit])),
            home=at,
        )
        for one in found
    }


def home(repository: Repository, commit: str) -> str:
    """Give the repository's address, as the policy has it; empty where it cannot be read."""
    if not repository.succeeds("cat-file", "-e", f"{commit}:{layout.POLICY}"):
        return ""
    value = yaml.parse(repository.run("cat-file", "blob", f"{commit}:{layout.POLICY}").encode()).value
    home = value.get("repository") if isinstance(value, dict) else None
    return home.rstrip("/") if isinstance(home, str) else ""


class _Said(NamedTuple):
    """What a document said at the time, as far as it can be read."""

    version: str | None = None
    previous: str | None = None
    reason: str = ""
    deprecated: str | None = None
    """Why the model should no longer be used; None where nothing says so."""


_NOTHING = _Said()


_All = Mapping[Entry | None, _Said]
"""By what stands in the tree, since equal bytes say equal things; what is not there says nothing."""


def _said(repository: Repository, touches: Iterable[tuple[Touch, Place]]) -> _All:
    kinds = {
        entry: place.kind
        for touch, place in touches
        for entry in (touch.before, touch.after)
        if entry is not None and place.kind not in {"policy", "schema"}
    }
    found = reading.blobs(repository, dict.fromkeys(entry.id for entry in kinds))
    return {entry: _document(kind, found[entry.id]) for entry, kind in kinds.items()}


def _document(kind: str, data: bytes) -> _Said:
    match kind:
        case "version" if plain := _SUMMARY.search(data):
            return _Said(reason=plain[1].decode())
        case "model" if b"deprecated" not in data:
            return _NOTHING
        case "model":
            found = _fields(data).get("deprecated")
            return _Said(deprecated=_text(found.get("reason")) if isinstance(found, Mapping) else None)
    fields = _fields(data)
    reason = _text(fields.get("reason")) or _text(fields.get("summary"))
    if kind == "waiver":
        reason += f" ({fields.get('rule')} until {fields.get('expires')}, says {fields.get('approver')})"
    return _Said(_version(fields.get("version")), _version(fields.get("previous")), reason)


def _fields(data: bytes) -> Mapping[str, Any]:
    value = yaml.parse(data).value
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _version(value: object) -> str | None:
    return value if isinstance(value, str) and names.is_version(value) else None


class _Telling:
    """Turns touches into events; keeps in mind which versions held a stage, for going back is told by them."""

    def __init__(
        self,
        landed: Mapping[str, Landing],
        said: _All,
        held: Mapping[tuple[str, str], Sequence[str]],
    ) -> None:
        self._landed = landed
        self._said = said
        self.held = {of: list(versions) for of, versions in held.items()}
        self._lifted: dict[tuple[str, str, str], str] = {}

    def events(self, touches: Sequence[tuple[Touch, Place]]) -> Iterator[Event]:
        # Why a tombstone goes stands in the record that comes with it.
        self._lifted = {
            (touch.commit, place.model, place.name): self._said.get(touch.after, _NOTHING).reason
            for touch, place in touches
            if place.kind == "unyank" and touch.after is not None
        }
        commit, made = "", list[Event]()
        for touch, place in touches:
            if touch.commit != commit:
                yield from sorted(made, key=lambda event: _ORDER.index(event.what))
                commit, made = touch.commit, []
            event = self._event(touch, place)
            if event is not None:
                made.append(event)
        yield from sorted(made, key=lambda event: _ORDER.index(event.what))

    def _event(self, touch: Touch, place: Place) -> Event | None:
        before, after = (self._said.get(entry, _NOTHING) for entry in (touch.before, touch.after))
        if place.kind == "assignment":
            return self._move(touch, place, before, after)
        what = _what(touch, place, before, after)
        if what is None:
            return None
        version = place.name if place.kind in {"version", "yank", "evaluation"} else None
        name = {"evaluation": place.file, "waiver": place.name, "schema": place.name}.get(place.kind, "")
        reason = after.deprecated or after.reason
        if what == "unyanked":
            reason = self._lifted.get((touch.commit, place.model, place.name), "")
        return Event(
            what, place.model, version or after.version, None, None, self._landed[touch.commit], reason, name
        )

    def _move(self, touch: Touch, place: Place, before: _Said, after: _Said) -> Event | None:
        if before.version == after.version and None in {after.version, after.previous}:
            return None
        if before.version == after.version != after.previous:
            return None  # the same again with other words
        what = self._direction(place, before, after)
        landing = self._landed[touch.commit]
        return Event(what, place.model, after.version, place.name, before.version, landing, after.reason)

    def _direction(self, place: Place, before: _Said, after: _Said) -> What:
        # What came before a shallow clone begins, or was written by hand, only the document itself tells.
        held = self.held.setdefault((place.model, place.name), [])
        if before.version is not None and before.version not in held:
            held += [number for number in (before.previous, before.version) if number is not None]
        if after.version is None:
            return "emptied"
        move = Move(place.model, place.name, before.version, after.version)
        if move.renews:
            return "renewed"
        if move.goes_back((before.previous, *held)):
            return "rolled back"
        held.append(after.version)
        return "promoted"


def _what(touch: Touch, place: Place, before: _Said, after: _Said) -> What | None:
    match place.kind, touch.before, touch.after:
        case "policy" | "schema", _, _:
            return "policy changed"
        case "version", None, _:
            return "registered"
        case "version", _, None:
            return "removed"
        case "yank", None, _:
            return "yanked"
        case "yank", _, None:
            return "unyanked"
        case "evaluation", None, _:
            return "evaluated"
        case "waiver", _, None:
            return "waiver ended"
        case "waiver", _, _:
            return "waived"
        case "model", _, _ if before.deprecated != after.deprecated:
            return "deprecated" if after.deprecated is not None else "undeprecated"
    return None
