"""Tags for those who read GTO's: made and pushed where they are missing, held against what the files say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from modelry.catalog import tags
from modelry.catalog.tags import Fault, Tag
from modelry.errors import ConflictError
from modelry.git import GitError, Repository, Tagged, reading, refs
from modelry.model import landings, layout
from modelry.model.events import Event
from modelry.model.files import REGULAR
from modelry.model.registry import Registry
from modelry.storage import line, moments, yaml
from modelry.storage.line import Landed

_OURS = ("dvc.yaml", ".dvcignore")
"""The files that a version's commit has of its own."""

_TAGS = 10_000_000
"""The first mark of a tag; those below are of commits."""

_AT_ONCE = 500
"""How many tags one push names: a command line has an end."""


class State(NamedTuple):
    """What the tags should be at a commit of main, and what they are."""

    repository: Repository
    registry: Registry
    commit: str
    expected: Mapping[str, Tag]
    """By name, oldest first."""
    there: Mapping[str, Tagged]

    @property
    def missing(self) -> list[Tag]:
        """The tags that are not there."""
        return [tag for name, tag in self.expected.items() if name not in self.there]


def state(repository: Repository, revision: str) -> State:
    """Read main's history and the tags, each in one pass."""
    commit = repository.commit(revision)
    registry, moment = moments.of_commit(repository, commit)
    expected = {tag.name: tag for tag in tags.derived(moment.events)}
    return State(repository, registry, commit, expected, refs.tags(repository))


def make(found: State) -> None:
    """Make the tags that are missing, all or none; none that is there is touched."""
    wanted = found.missing
    if not wanted:
        return
    # All tags of a version must share a commit: where somebody tagged the version already, that one.
    known = {tag.version: found.there[tag.version].commit for tag in wanted if tag.version in found.there}
    versions = {tag.version: tag for tag in wanted if tag.version not in known}
    stream = [*_commits(found, versions), *_tags(found, wanted, {**known, **_marks(versions)})]
    made = refs.imported(found.repository, _bytes(stream), keep=True)
    refs.create(
        found.repository, {f"refs/tags/{tag.name}": made[f":{at}"] for at, tag in enumerate(wanted, _TAGS)}
    )


def fetch(repository: Repository) -> None:
    """Get main and the tags as origin has them; raises `ConflictError` where a tag here differs from origin's."""
    try:
        repository.run("fetch", "--tags", "origin")  # asked to be quiet, it would not say what it refused
    except GitError as error:
        if "would clobber" not in str(error):
            raise
        raise ConflictError(
            "a tag here is another than origin's", hint="to take origin's: git fetch --tags --force origin"
        ) from error


def push(repository: Repository, names: Sequence[str]) -> list[str]:
    """Push those of these tags that origin does not have, and give them; none that is there is touched."""
    theirs = refs.tags(repository, "origin")
    news = [name for name in names if name not in theirs]
    for start in range(0, len(news), _AT_ONCE):
        wanted = [f"refs/tags/{name}:refs/tags/{name}" for name in news[start : start + _AT_ONCE]]
        repository.run("push", "--quiet", "--atomic", "origin", *wanted)
    return news


def faults(found: State) -> list[Fault]:
    """Say where the tags say other things than the files: what is missing, elsewhere, or nobody's."""
    versions = {tag.version: tag for tag in found.expected.values()}
    made = refs.imported(found.repository, _bytes(_commits(found, versions)), keep=False) if versions else {}
    right = {version: made[mark] for version, mark in _marks(versions).items()}
    told = [
        fault for tag in found.expected.values() if (fault := _fault(tag, found.there, right[tag.version]))
    ]
    foreign = sorted(n for n in found.there if n not in found.expected and tags.GRAMMAR.fullmatch(n))
    message = f"main's history up to {found.commit[:12]} knows nothing of it"
    return [*told, *(Fault(name, "foreign", message, _remove(name)) for name in foreign)]


def _fault(tag: Tag, tagged: Mapping[str, Tagged], commit: str) -> Fault | None:
    there = tagged.get(tag.name)
    if there is None:
        return Fault(tag.name, "missing", "is not there", "make it: modelry tags")
    hint = f"{_remove(tag.name)}; then: modelry tags"
    if not there.annotated:
        return Fault(tag.name, "lightweight", "is not annotated: GTO does not see it", hint)
    if there.commit != commit:
        told = f"is on {there.commit[:12]}, expected {commit[:12]}, made from {tag.registered.commit[:12]} of main"
        return Fault(tag.name, "misplaced", told, hint)
    return None


def _remove(name: str) -> str:
    return f"if nobody relies on it: git tag -d '{name}'; git push origin ':refs/tags/{name}'"


def _marks(versions: Iterable[str]) -> dict[str, str]:
    return {version: f":{at}" for at, version in enumerate(versions, 1)}


def _commits(found: State, versions: Mapping[str, Tag]) -> Iterator[str]:
    """Give, for `git fast-import`, the commit that each version's tags share: main's, with what DVC finds it by."""
    landed = line.these(found.repository, (tag.registered.commit for tag in versions.values()))
    names = dict.fromkeys(f"{tag.registered.commit}:{file}" for tag in versions.values() for file in _OURS)
    own = reading.files(found.repository, names)
    for at, tag in enumerate(versions.values(), 1):
        event = tag.registered
        message = (
            f"{event.model} {event.version}, for DVC and GTO\n\n"
            f"main at {event.commit}, with a dvc.yaml that names the artifact.\n"
            "Made by `modelry tags` from what main says; no branch has it.\n"
        )
        stamp = _stamp(landed[event.commit], int(event.when.timestamp()), event)
        yield f"commit refs/heads/made\nmark :{at}\ncommitter {stamp}{_data(message)}from {event.commit}\n"
        pipelines, ignored = (own.get(f"{event.commit}:{file}", b"") for file in _OURS)
        artifact = tags.artifact(event, _pointer(found, event))
        yield f"M {REGULAR} inline dvc.yaml\n{_data(_added(pipelines, artifact) if pipelines else artifact)}"
        kept = ignored.decode("utf-8", "surrogateescape")
        kept += "\n" if kept and not kept.endswith("\n") else ""
        yield f"M {REGULAR} inline .dvcignore\n{_data(kept + tags.ignored(event))}"


def _tags(found: State, wanted: Sequence[Tag], places: Mapping[str, str]) -> Iterator[str]:
    """Give the tags, each on its version's place: a commit, or the mark of one."""
    landed = line.these(found.repository, (tag.event.commit for tag in wanted))
    for at, tag in enumerate(wanted, _TAGS):
        one = landed[tag.event.commit]
        # Only what the commit itself says: evidence is not in every clone, and all of them make the same tag.
        approvers = landings.claim(one.message, merges=one.is_merge).approved_by
        approved = f"Approved-by: {', '.join(approvers)}\n" if approvers else ""
        stamp = _stamp(one, tag.time, tag.event)
        yield f"tag {tag.name}\nmark :{at}\nfrom {places[tag.version]}\ntagger {stamp}"
        yield _data(f"{tag.message}{approved}")


def _added(pipelines: bytes, artifact: str) -> str:
    """Give main's own `dvc.yaml` with one artifact more; where it cannot be read, DVC could not either."""
    own, ours = (cast("Any", yaml.parse(text).value) for text in (pipelines, artifact.encode()))
    if own is None:
        return artifact
    others = own.get("artifacts")
    return yaml.dump(
        {**own, "artifacts": {**(others if isinstance(others, dict) else {}), **ours["artifacts"]}}
    )


def _pointer(found: State, event: Event) -> str:
    """Give the path of a version's pointer; of one that main has lost since, as it was then."""
    folder = layout.version(event.model, event.version or "", "")
    model = found.registry.models.get(event.model)
    version = model.versions.get(event.version or "") if model else None
    paths = version.paths if version else found.repository.tree(event.commit).entries
    return next((path for path in paths if path.startswith(folder) and path.endswith(".dvc")), folder)


def _stamp(landed: Landed, time: int, event: Event) -> str:
    return f"{landed.author} {time} {event.when:%z}\n"


def _data(text: str) -> str:
    return f"data {len(text.encode('utf-8', 'surrogateescape'))}\n{text}\n"


def _bytes(stream: Iterable[str]) -> bytes:
    return "".join(stream).encode("utf-8", "surrogateescape")
