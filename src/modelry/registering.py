"""Registration: facts and bytes become a proposal, once the remote has given the bytes back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modelry import proposals
from modelry.errors import ConflictError, IntegrityError, UsageError
from modelry.git import Repository
from modelry.model import layout, names
from modelry.model.documents import Artifact, Evaluation, ModelInfo, VersionRecord, Waiver
from modelry.model.files import Files, Tree
from modelry.model.pointer import Pointer
from modelry.model.registry import Registry
from modelry.proposals import Proposal
from modelry.storage import artifacts, documents, facts


@dataclass(frozen=True)
class Wish:
    """What somebody wants registered."""

    model: str
    version: str
    source: Path
    """The artifact: a file or a folder."""
    record: Mapping[str, Any]
    """What `version.yaml` is to say, but for `artifact`."""
    card: str
    info: Mapping[str, Any] | None = None
    """What `model.yaml` is to say, for a model's first version."""
    format: str | None = None
    """The artifact's format, where its name does not tell."""
    remote: str | None = None
    """Which of the registry's remotes; the first unless told."""
    url: str | None = None
    """Where anybody can download the artifact; then nothing is pushed."""
    is_fetched: bool = False
    """Whether the artifact came from there just now."""
    sha256: str | None = None
    """What somebody said that the bytes hash to."""
    size: int | None = None
    """How many bytes somebody said that there are."""


def next_version(registry: Registry, model: str, version: str | None, bump: str | None) -> str | None:
    """Give the version to register: as told, or the bump of the highest; None when neither says."""
    if version is not None:
        if not names.is_version(version):
            raise UsageError(f"{version!r} is no version", hint="write a version by SemVer 2, such as 1.2.0")
        return version
    if bump is None:
        return None
    known = list(registry.models[model].versions) if model in registry.models else []
    return names.bump(known[-1], bump) if known else "1.0.0"


def plan(wish: Wish, repository: Repository, registry: Registry) -> dict[str, Any]:
    """Give the whole record, held against its model, without writing anything.

    Raises `UsageError` for facts that cannot be, and `ConflictError` for a version that main has with
    other bytes.
    """
    if not names.is_model(wish.model):
        raise UsageError(
            f"{wish.model!r} is no model's name", hint="write lower-case letters, digits and hyphens"
        )
    artifact = artifacts.hashed(wish.source)
    for found, said in ((artifact.size, wish.size), (artifact.sha256, wish.sha256)):
        if said not in {None, found}:
            kind = "bytes" if isinstance(found, int) else "as its SHA-256"
            raise IntegrityError(f"{artifact.path} has {found} {kind}, and {said} was said")
    form = wish.format or artifact.format
    if form is None:
        raise UsageError(f"cannot tell the format of {artifact.path}", hint="say it: --format onnx")
    _not_merged(wish, artifact.sha256, registry)
    described = artifact.record(form) | ({"source": {"url": wish.url}} if wish.url else {})
    record = {
        "schema": "version/v1",
        "model": wish.model,
        "version": wish.version,
        "created": _created(wish, repository),
        **{name: wish.record[name] for name in ("authors", "summary")},
        "artifact": described,
        **{name: value for name, value in wish.record.items() if name not in {"authors", "summary"}},
    }
    facts.hold(record, VersionRecord, "the record")
    if wish.info is not None:
        facts.hold(wish.info, ModelInfo, "model.yaml")
    return record


def _not_merged(wish: Wish, sha256: str, registry: Registry) -> None:
    known = registry.models[wish.model].versions.get(wish.version) if wish.model in registry.models else None
    if known is None:
        return
    if known.record.must.artifact.sha256 == sha256:
        raise ConflictError(
            f"main has {known.label} already, with these very bytes", hint="there is nothing to do"
        )
    raise ConflictError(
        f"main has {known.label} already, with other bytes",
        hint="a merged version never changes: use --bump patch",
    )


def _created(wish: Wish, repository: Repository) -> str:
    """Give the record's time; that of the branch where this was proposed before, so that asking again is no news."""
    given = wish.record.get("created")
    before = _proposed(wish, repository)
    if given is None and before is not None:
        return before[1].created.isoformat().replace("+00:00", "Z")
    return str(given or _now())


def _proposed(wish: Wish, repository: Repository) -> tuple[Tree, VersionRecord] | None:
    """Give the branch and record by which this version was proposed before, if it was."""
    branch = repository.resolves(f"refs/heads/register/{wish.model}/{wish.version}")
    if branch is None:
        return None
    tree = repository.tree(branch)
    record = documents.load(tree, layout.version(wish.model, wish.version), VersionRecord).value
    return (tree, record) if record is not None else None


def propose(wish: Wish, record: Mapping[str, Any], repository: Repository, registry: Registry) -> Proposal:
    """Push the artifact, read it back, and give the proposal; one that has a public source is not pushed.

    Raises `IntegrityError` when bytes differ.
    """
    if wish.url is not None:
        deposit = artifacts.pointed(wish.source, wish.model, wish.version, repository.common / "modelry")
    else:
        deposit = _pushed(wish, repository, registry)
    if deposit.artifact.sha256 != record["artifact"]["sha256"]:
        raise IntegrityError(f"{wish.source} changed while it was registered", hint="run the command again")
    if wish.is_fetched:
        _remember(record, deposit.pointer)
    info = wish.info if wish.model not in registry.models else None
    return proposals.register(record, deposit.pointer, wish.card, deposit.objects, info)


def _remember(record: Mapping[str, Any], pointer: Files) -> None:
    """Let the proposal be judged without another download of what was just downloaded."""
    from modelry.storage import sources  # noqa: PLC0415 - TLS takes long to import, and few artifacts come from there

    (data,) = pointer.values()
    written, _ = documents.parse(data, Pointer)
    if written is not None:
        sources.FOUND.add((Artifact.model_validate(record["artifact"]), written.out))


def _pushed(wish: Wish, repository: Repository, registry: Registry) -> artifacts.Deposit:
    policy = registry.policy.must
    name = wish.remote or next(iter(policy.remotes))
    if name not in policy.remotes:
        raise UsageError(f"the registry has no remote {name}", hint=f"it has {', '.join(policy.remotes)}")
    to = artifacts.Destination(
        repository.top, repository.common / "modelry", registry.tree, name, policy.remotes[name]
    )
    return _deposited(wish, repository, to) or artifacts.deposit(wish.source, wish.model, wish.version, to)


def _deposited(wish: Wish, repository: Repository, to: artifacts.Destination) -> artifacts.Deposit | None:
    """Give what an earlier run pushed, so that asking again need not push again."""
    before = _proposed(wish, repository)
    artifact = artifacts.hashed(wish.source)
    if before is None or before[1].artifact.sha256 != artifact.sha256:
        return None
    pointer = layout.version(wish.model, wish.version, f"{artifact.path}.dvc")
    return artifacts.deposited(artifact, before[0], pointer, to)


def preview(wish: Wish, record: Mapping[str, Any]) -> Proposal:
    """Give the proposal but for what only DVC can write."""
    pointer = layout.version(wish.model, wish.version, f"{record['artifact']['path']}.dvc")
    return proposals.register(record, {pointer: b"# written by `dvc add`\n"}, wish.card, {}, wish.info)


_WHERE = {"metrics": ("evaluations",), "data": ("training", "data")}
"""Where a facts file says what a flag of another name says."""


def told(more: Mapping[str, Any], name: str) -> bool:
    """Say whether a facts file has what a flag would say."""
    value: Any = more
    for key in _WHERE.get(name, (name,)):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value is not None


def record(more: Mapping[str, Any], flags: Mapping[str, Any], training: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a record says but for its identity and artifact, in the order of its model.

    `more` is a facts file's; flags that were given win over it.
    """
    inner = more.get("training", {})
    trained = {**({} if not isinstance(inner, Mapping) else inner), **_given(training)}
    merged = {"tags": [], **more, **_given(flags), "training": {"data": [], "params": {}, **trained}}
    order = ["created", *VersionRecord.model_fields]
    return dict(
        sorted(merged.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))
    )


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def code(
    given: str | None, path: str | None, here: Path, registry: Registry, more: Mapping[str, Any]
) -> dict[str, str] | None:
    """Give the code that trained: as told, `REPOSITORY@COMMIT`; else, if no facts say, the commit one stands in."""
    if given is not None:
        repository, _, commit = given.rpartition("@")
        return {"repository": repository, "commit": commit, **({"path": path} if path else {})}
    inner = more.get("training")
    if isinstance(inner, Mapping) and "code" in inner:
        return None
    standing = Repository(here)
    commit = standing.commit("HEAD")
    own = registry.tree.commit is not None and standing.resolves(registry.tree.commit) is not None
    address = registry.policy.must.repository if own else _address(standing)
    return {"repository": address, "commit": commit, **({"path": path} if path else {})}


def _address(repository: Repository) -> str:
    if not repository.has_origin:
        raise UsageError("cannot tell which code trained this", hint="say it: --code REPOSITORY@COMMIT")
    url = repository.run("remote", "get-url", "origin").strip()
    user, colon, rest = url.partition(":")
    if "://" not in url and colon and "/" not in user:
        return f"ssh://{user}/{rest}"  # git's short way to write an ssh address
    return url if "://" in url else f"file://{url}"


def evaluation(
    file: Path, summary: str | None, authors: Sequence[str], created: str | None, repository: Repository
) -> dict[str, Any]:
    """Give an evaluation document from a file of results; raises `UsageError` for what cannot be one."""
    (found,) = facts.evaluations(file, None)[:1] or [{}]
    document = {
        "schema": "evaluation/v1",
        "created": created or found.get("created") or _now(),
        "authors": list(authors)
        or found.get("authors")
        or [repository.run("var", "GIT_AUTHOR_IDENT").partition(" <")[0]],
        "summary": summary or found.get("summary"),
        **{
            name: value
            for name, value in found.items()
            if name not in {"schema", "created", "authors", "summary"}
        },
    }
    if document["summary"] is None:
        raise UsageError(f"{file} does not say what it shows", hint="say so: --summary TEXT")
    facts.hold(document, Evaluation, str(file))
    return document


def waiver(flags: Mapping[str, str | None], until: str | None, lasting: str | None) -> dict[str, Any]:
    """Give a waiver that holds until a day, or for as long as told; raises `UsageError` for what cannot be one."""
    if (until is None) == (lasting is None):
        raise UsageError("a waiver needs one end", hint="give --until DATE, or --for 14d")
    if lasting is not None:
        if re.fullmatch(r"[1-9][0-9]{0,2}[dw]", lasting) is None:
            raise UsageError(
                f"--for {lasting} is no number of days or weeks", hint="write --for 14d, or --for 2w"
            )
        until = str((datetime.now(UTC) + names.duration(lasting)).date())
    given = {name: flags[name] for name in Waiver.model_fields if flags.get(name) is not None}
    document: dict[str, Any] = {"schema": "waiver/v1", **given, "expires": until}
    facts.hold(document, Waiver, "the waiver")
    return document


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
