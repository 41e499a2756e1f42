"""The registry at a moment, with what had happened by then: read from git, or from a folder outside of it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from modelry.catalog import Event, Moment
from modelry.catalog.moment import What
from modelry.errors import RegistryError, UsageError
from modelry.git import Repository
from modelry.model import layout, names
from modelry.model.layout import Place
from modelry.model.registry import Registry
from modelry.storage import documents, folders, yaml

_LOG = (
    "log",
    "--first-parent",
    "--diff-merges=first-parent",
    "--reverse",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "-z",
)
_HEADER = re.compile(r"^([0-9a-f]{40}|[0-9a-f]{64}) blob [0-9]+\n", re.MULTILINE)
_ORDER: tuple[What, ...] = ("registered", "evaluated", "promoted", "rolled back", "emptied", "yanked")


def read(top: Path, revision: str | None = None) -> tuple[Registry, Moment]:
    """Read the registry below `top` at a commit, HEAD unless told; as it lies there where git does not have it."""
    repository = Repository(top)
    if _is_committed(repository, top, revision or "HEAD"):
        return of_commit(repository, revision or "HEAD")
    if revision is not None:
        raise UsageError(
            f"{top} has no {layout.POLICY} at {revision}",
            hint="name a commit that has one, or leave out --at",
        )
    registry = documents.registry(folders.tree(top))
    return registry, of_folder(registry)


def of_commit(repository: Repository, revision: str) -> tuple[Registry, Moment]:
    """Read the registry at a commit, and all that main had seen by then.

    Raises `RegistryError` for a shallow clone: its sequence would be too low, and every consumer
    would take the catalog for a rolled-back one.
    """
    if repository.run("rev-parse", "--is-shallow-repository").strip() == "true":
        raise RegistryError(
            "this clone is shallow, so nobody can count main's commits",
            hint="git fetch --unshallow; with actions/checkout, fetch-depth: 0",
        )
    commit = repository.commit(revision)
    sequence = int(repository.run("rev-list", "--count", "--first-parent", commit))
    when = datetime.fromisoformat(repository.run("log", "-1", "--format=%cI", commit).strip())
    return documents.registry(repository.tree(commit)), Moment(
        commit, sequence, when, _events(repository, commit)
    )


def of_folder(registry: Registry) -> Moment:
    """Give the moment of a folder outside git: when its newest version was made."""
    versions = (version for model in registry.models.values() for version in model.versions.values())
    times = [version.record.value.created for version in versions if version.record.value is not None]
    return Moment(None, 0, max(times, default=datetime.fromtimestamp(0, UTC)))


def uncommitted(top: Path, moment: Moment) -> str:
    """Say what of the registry a catalog of this commit does not show, for it is not committed; empty for nothing."""
    if moment.commit is None:
        return ""
    lines = Repository(top).run("status", "--porcelain", "--", layout.ROOT).splitlines()
    return f"{len(lines)} paths" if len(lines) > 1 else "one path" if lines else ""


def _is_committed(repository: Repository, top: Path, revision: str) -> bool:
    return (
        repository.succeeds("rev-parse", "--git-dir")
        and repository.top.resolve() == top.resolve()
        and repository.succeeds("cat-file", "-e", f"{revision}:{layout.POLICY}")
    )


class _Touch(NamedTuple):
    """One path of the registry that one commit of main touched."""

    commit: str
    when: str
    who: str
    subject: str
    place: Place
    before: str
    """The blob's id; zeros where there was none."""
    after: str


def _events(repository: Repository, commit: str) -> tuple[Event, ...]:
    """Give what happened, oldest first, in one pass over main's first parents."""
    told = repository.run(
        "-c",
        "log.showRoot=true",
        *_LOG,
        "--format=%x00%H%x00%cI%x00%an%x00%s",
        commit,
        "--",
        f"{layout.ROOT}/models",
    )
    touches = list(_touches(told.split("\0")))
    telling = {"assignment", "yank", "evaluation"}
    blobs = {blob for touch in touches if touch.place.kind in telling for blob in (touch.before, touch.after)}
    held = _documents(repository, sorted(blob for blob in blobs if blob.strip("0")))
    made = [event for touch in touches if (event := _event(touch, held)) is not None]
    commits = {commit: at for at, commit in enumerate(dict.fromkeys(event.commit for event in made))}
    return tuple(sorted(made, key=lambda event: (commits[event.commit], _ORDER.index(event.what))))


def _touches(tokens: list[str]) -> Iterator[_Touch]:
    # With -z: an empty token, four of the commit, then for each path `:modes ids letter` and the path.
    rest = iter(tokens)
    header = ("", "", "", "")
    for token in rest:
        if not token.strip("\n"):
            header = (next(rest, ""), next(rest, ""), next(rest, ""), next(rest, ""))
        else:
            place = layout.place(next(rest, ""))
            if place is not None:
                _, _, before, after, _ = token.strip("\n").split(" ")
                yield _Touch(*header, place, before, after)


class _Said(NamedTuple):
    """What a document said at the time, as far as it can be read."""

    version: str | None = None
    previous: str | None = None
    reason: str = ""


_NOTHING = _Said()


def _documents(repository: Repository, blobs: list[str]) -> dict[str, _Said]:
    told = (
        repository.run("cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode())
        if blobs
        else ""
    )
    parts = _HEADER.split(told)
    made: dict[str, _Said] = {}
    for blob, text in zip(parts[1::2], parts[2::2], strict=True):
        value = yaml.parse(text[:-1].encode()).value
        fields = value if isinstance(value, dict) else {}
        reason = fields.get("reason") or fields.get("summary")
        made[blob] = _Said(
            _version(fields.get("version")),
            _version(fields.get("previous")),
            reason if isinstance(reason, str) else "",
        )
    return made


def _version(value: object) -> str | None:
    return value if isinstance(value, str) and names.is_version(value) else None


def _event(touch: _Touch, held: dict[str, _Said]) -> Event | None:
    place, is_new = touch.place, not touch.before.strip("0")
    before, after = held.get(touch.before, _NOTHING), held.get(touch.after, _NOTHING)
    version: str | None = place.name
    stage = previous = None
    what: What
    match place.kind:
        case "version" if is_new:
            what = "registered"
        case "yank" if is_new:
            what = "yanked"
        case "evaluation" if is_new:
            what = "evaluated"
        case "assignment" if before.version != after.version:
            stage, version, previous = place.name, after.version, before.version
            what = (
                "emptied" if version is None else "rolled back" if version == before.previous else "promoted"
            )
        case _:
            return None  # the same again with other words
    when = datetime.fromisoformat(touch.when)
    return Event(
        what,
        place.model,
        version,
        stage,
        previous,
        touch.who,
        when,
        touch.commit,
        touch.subject,
        after.reason,
    )
