"""A change brought before the rules: what git and the remotes know, gathered into a `Context`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar

from modelry import checks
from modelry.checks.base import Ever, Held, History, UnavailableError
from modelry.checks.sources import is_from_source
from modelry.errors import NotFoundError, RegistryError, UsageError
from modelry.git import GitError, MergeConflictError, Repository, merging, reading
from modelry.model import changes, layout
from modelry.model.files import Tree
from modelry.model.registry import Registry, Version
from modelry.model.standing import Standing
from modelry.storage import access, commits, documents, folders, holdings, memory
from modelry.storage import top as tops
from modelry.storage.contents import ALL, Part, Tick

P = ParamSpec("P")
T = TypeVar("T")

Bar = Callable[[str, int], AbstractContextManager[Tick]]
"""Shows how far the reading of so many bytes is."""


class Reading(NamedTuple):
    """That bytes in the remotes are to be read."""

    bar: Bar
    part: Part = ALL


def change(
    repository: Repository,
    base: str,
    tree: str,
    *,
    offline: bool = False,
    public: bool = False,
    verify: Reading | None = None,
) -> checks.Context:
    """Give the context in which a tree is judged that would follow `base` on main.

    The policy is the base's, and a base that cannot be read is an error, not an empty policy. All bytes that the
    change vouches for are read where `verify` is given; where `public` is, only those that need no key are asked for.
    """
    before = commits.registry(repository, base)
    after = documents.registry(repository.tree(tree, since=before.tree))
    now = datetime.now(UTC)
    context = _searching(
        checks.Context(
            changes.between(before, after), before.policy.must, now.date(), now, _history(repository, base)
        ),
        repository,
        base,
    )
    if public:
        return replace(context, sources=_looking(_sources(context)))
    return (
        context if offline else _asking(context, repository.top, access_of(repository, before.tree), verify)
    )


def proposed(
    repository: Repository, main: str, head: str, *, offline: bool = False
) -> tuple[checks.Context, Standing]:
    """Give the context of a branch as it would be on main, and how it stands to main.

    Where git cannot merge it, what the branch changes is laid over main, so that it can be looked at all the same.
    """
    fork = _fork(repository, main, head)
    behind = (
        int(repository.run("rev-list", "--count", "--first-parent", f"{fork}..{main}")) if fork != main else 0
    )
    author = repository.run("log", "-1", "--format=%an", head).strip()
    conflicts: tuple[str, ...] = ()
    try:
        tree = merging.merge(repository, main, head)
    except MergeConflictError as error:
        tree, conflicts = merging.laid_over(repository, main, fork, head), error.paths
    context = change(repository, main, tree, offline=offline)
    began = context.before if fork == main else commits.registry(repository, fork)
    return context, Standing(author, behind, began, conflicts)


def _fork(repository: Repository, main: str, head: str) -> str:
    try:
        return repository.run("merge-base", main, head).strip()
    except GitError as error:
        raise RegistryError(
            "the change and main have no commit in common",
            hint="in a shallow clone: git fetch --unshallow; otherwise make the change again from main",
        ) from error


def place(start: Path, base: str | None) -> Path:
    """Give the top of the registry that one stands in; of a bare repository, which has no files, a change can be judged."""
    try:
        return tops.find(start)
    except NotFoundError:
        repository = Repository(start)
        if not (repository.succeeds("rev-parse", "--git-dir") and repository.is_bare):
            raise
    if base is None:
        raise UsageError(
            f"{start} is a bare repository: there are no files to judge",
            hint="judge a change of it: modelry check --base REV --head REV",
        )
    return start


def folder(
    top: Path,
    *,
    offline: bool = False,
    verify: Reading | None = None,
    known: Mapping[str, Sequence[str]] | None = None,
) -> checks.Context:
    """Give the context in which a registry on the disk is judged by itself, by its own policy."""
    found = documents.registry(folders.tree(top, identified=False))
    now = datetime.now(UTC)
    itself = changes.between(found, found)
    context = checks.Context(itself, found.policy.value, now.date(), everything=True, known=known or {})
    if offline or found.policy.value is None:
        return context
    return _asking(context, top, access.of_clone(top), verify)


def beginning(repository: Repository, commit: str, *, offline: bool = False) -> checks.Context:
    """Give the context in which a commit is judged that main would begin with: all of it, by its own policy."""
    found = commits.registry(repository, commit)
    now = datetime.now(UTC)
    itself = changes.between(found, found)
    context = checks.Context(itself, found.policy.value, now.date(), everything=True)
    if offline or found.policy.value is None:
        return context
    return _asking(context, repository.top, access_of(repository, found.tree), None)


def at_rest(
    top: Path, *, offline: bool = False, verify: Reading | None = None, cached: bool = True
) -> tuple[checks.Context, checks.Report]:
    """Judge a registry on the disk by itself; if `cached`, what was found sound and lies there as it did is so again."""
    asked = _judged_by(top)
    remembered = memory.recall(top, *asked) if cached else None
    if remembered is None:
        context = folder(top, offline=offline, verify=verify)
        return context, checks.run(checks.ALL, context)
    context = folder(top, offline=offline, verify=verify, known=remembered.known)
    told: checks.Told = {}
    report = checks.run(checks.ALL, context, told=told)
    # A rule that could not look has found nothing sound; and of remotes nothing is remembered.
    if {rule for rule, _ in report.skipped} <= {"artifact-unreachable"} and asked == _judged_by(top):
        remembered.keep(told, {part for finding in report.findings for part in finding.path.split("/")[2:3]})
    return context, report


def _judged_by(top: Path) -> tuple[bytes, bytes]:
    """Give the policy and the day, on which verdicts of a model depend."""
    return folders.content(top / layout.POLICY), datetime.now(UTC).date().isoformat().encode()


def _asking(context: checks.Context, top: Path, how: access.Access, verify: Reading | None) -> checks.Context:
    """Let the remotes be asked that the base's policy allows. Raises `RegistryError` where one cannot be."""
    found = holdings.Holdings(context.before.policy.must, context.after.tree, top, how)
    found.expect(lambda: _addressed(context))
    with_sizes = replace(context, objects=_looking(found.size), sources=_looking(_sources(context)))
    if verify is None:
        return with_sizes
    with verify.bar("verify", found.bytes(context.vouched, verify.part)) as tick:
        return replace(with_sizes, contents=_looking(found.faults)(context.vouched, tick, verify.part))


def _sources(context: checks.Context) -> Callable[[Version], Sequence[str]]:
    """Give what downloads a version from the address that it names, as far as the base's policy allows."""

    def faults(version: Version) -> Sequence[str]:
        from modelry.storage import sources  # noqa: PLC0415 - few registries have any, and TLS takes long to import

        allowed = context.before.policy.must.sources
        return sources.Sources(allowed.hosts if allowed is not None else ()).faults(version)

    return faults


def _addressed(context: checks.Context) -> Collection[str]:
    if context.everything:
        return holdings.addressed(context.after.tree)
    pushed = (version for version in context.fresh if not is_from_source(version))
    pointers = (pointer.value for version in pushed for pointer in version.pointers)
    return {pointer.out.md5 for pointer in pointers if pointer is not None}


def access_of(repository: Repository, base: Tree) -> access.Access:
    """Give what main says of the remotes, and `config.local` unless git tracks it: then a change may have brought it."""

    def local() -> bytes:
        own = repository.top / access.LOCAL
        if own.is_symlink() or own.parent.is_symlink() or not own.is_file():
            return b""
        if (
            repository.is_bare
        ):  # nothing is tracked where no work tree is: whoever keeps the server put it there
            return access.on_disk(own)
        tracked = repository.run("ls-files", "--", f":(top,icase){access.LOCAL}")
        return b"" if tracked else access.on_disk(own)

    return access.of_main(base, local)


def folders_change(before: Path, after: Path) -> checks.Context:
    """Give the context of a change between two folders; there is no history and no remote to ask."""
    old, new = documents.registry(folders.tree(before)), documents.registry(folders.tree(after))
    now = datetime.now(UTC)
    return checks.Context(changes.between(old, new), old.policy.must, now.date(), now)


def _history(repository: Repository, base: str) -> History:
    known: dict[tuple[str, str], Sequence[Held]] = {}

    def held(model: str, stage: str) -> Sequence[Held]:
        if (model, stage) not in known:
            known[model, stage] = tuple(_looking(holders)(repository, base, model, stage))
        return known[model, stage]

    return held


def _searching(context: checks.Context, repository: Repository, base: str) -> checks.Context:
    """Begin to search main for the names and addresses that a change brings: git is done when a rule asks."""
    pointing = reading.holding(repository, base, context.addresses, "[0-9a-f]{32}(\\.dir)?", ".dvc")
    return replace(context, pointing=pointing, ever=_ever(repository, base, context.named))


def _ever(repository: Repository, base: str, named: Collection[str]) -> Ever:
    if not repository.is_shallow:
        return reading.ever(repository, base, named)

    def unknown() -> Collection[str]:
        raise UnavailableError("the clone is shallow: git fetch --unshallow")

    return unknown


def holders(repository: Repository, revision: str, model: str, stage: str) -> list[Held]:
    """Give which versions held a stage on main's first-parent line, newest first; none where it was emptied."""
    from modelry.storage import events  # noqa: PLC0415 - only a change of stages asks, and it takes long to import

    past = events.read(repository, revision, model=model, stage=stage).events
    return [
        Held(event.version or "", event.when, event.who, event.reason, event.commit)
        for event in reversed(past)
    ]


def presence(repository: Repository, found: Registry, *, offline: bool = False) -> Callable[[Version], bool]:
    """Give what tells whether a version's artifact is in a remote, as large as its pointer says; offline, it is believed."""
    if offline:
        return lambda _: True
    how = access_of(repository, found.tree)
    size = _looking(holdings.Holdings(found.policy.must, found.tree, repository.top, how).size)

    def is_present(version: Version) -> bool:
        outs = [pointer.value.out for pointer in version.pointers if pointer.value is not None]
        try:
            sizes = [(out, size(out.md5)) for out in outs]
        except RegistryError as error:
            raise RegistryError(str(error), hint="to go on without asking the remotes: --offline") from error
        return any(held == out.size or (held and out.md5.endswith(".dir")) for out, held in sizes)

    return is_present


def _looking(ask: Callable[P, T]) -> Callable[P, T]:
    """Say of an error that it is no verdict: nobody could look, whatever there may be to find."""

    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return ask(*args, **kwargs)
        except RegistryError as error:
            raise RegistryError(f"could not look: {error}", hint=error.hint) from error

    return asked
