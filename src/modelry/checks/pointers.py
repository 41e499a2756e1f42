"""What must agree between a version's record, its pointer and the remote."""

import hashlib
import re
from collections.abc import Iterator

from modelry.checks.base import Context, Problem, UnavailableError, rule
from modelry.checks.sources import is_from_source
from modelry.model import digests, layout
from modelry.model.files import REGULAR
from modelry.model.registry import Version

_MD5 = re.compile(rb"[0-9a-f]{32}")


@rule("pointer-mismatch")
def pointer_mismatch(context: Context) -> Iterator[Problem]:
    """A pointer speaks of another artifact than the record.

    modelry verifies bytes by the record, DVC by the pointer; where the two differ, people get
    different models under one name. Both come from `modelry register`: run it again.
    """
    for version in context.versions:
        # With two pointers nobody knows which is meant: of that, `incomplete-version` speaks.
        if version.record.value is None or len(version.pointers) != 1 or version.pointers[0].value is None:
            continue
        artifact, pointer = version.record.value.artifact, version.pointers[0]
        out = version.pointers[0].value.out
        if pointer.path != layout.version(version.model, version.number, f"{out.path}.dvc"):
            yield Problem(
                pointer.path, f"expected the name {out.path}.dvc", hint="rename it, as `dvc add` would"
            )
        for key, found, expected in (("path", out.path, artifact.path), ("size", out.size, artifact.size)):
            if found != expected:
                where = pointer.locate(["outs", 0, key])
                yield Problem(pointer.path, f"`{key}` is {found}, but the record says {expected}", where)
        if version.pointers[0].value.is_folder != (artifact.files is not None):
            yield Problem(
                version.record.path,
                "a folder's record lists its files, a file's does not, and the pointer says otherwise",
                version.record.locate(["artifact"]),
            )


@rule("folder-digest-mismatch")
def folder_digest_mismatch(context: Context) -> Iterator[Problem]:
    """A folder's SHA-256 or size is not that of the files that are listed.

    The folder's digest is computed from the list; if it could say anything, a pinned digest would
    not pin the files. Both come from `modelry register`: run it again.
    """
    for version in context.versions:
        record = version.record
        if record.value is None or record.value.artifact.files is None:
            continue
        artifact, files = record.value.artifact, record.value.artifact.files or ()
        digest = digests.of_folder((file.path, file.size, file.sha256) for file in files)
        size = sum(file.size for file in files)
        for key, found, expected in (("sha256", artifact.sha256, digest), ("size", artifact.size, size)):
            if found != expected:
                where = record.locate(["artifact", key])
                yield Problem(record.path, f"`{key}` is {found}, but the files make it {expected}", where)


@rule("md5-collision")
def md5_collision(context: Context) -> Iterator[Problem]:
    """A pointer has the MD5 of another version's artifact, and the bytes are not the same.

    DVC stores and finds artifacts by their MD5, and two files can be made to have the same one: then the one
    that came first is served for both, or is replaced. Their SHA-256 tells them apart. Treat it as an
    attack: ask who made the file, and never merge it.
    """
    for paths in _sharing(context):
        versions = [version for version in (_version(context, path) for path in paths) if version is not None]
        for index, version in enumerate(versions):
            double = next((other for other in versions[:index] if _differ(other, version)), None)
            if double is not None and (context.everything or version in context.fresh):
                pointer = version.pointers[0]
                yield Problem(
                    pointer.path,
                    f"has the MD5 of {double.label}, and other bytes",
                    pointer.locate(["outs", 0, "md5"]),
                    "ask who made the file; never merge it",
                )


def _sharing(context: Context) -> Iterator[list[str]]:
    """Give the paths of pointers that may have one MD5, those that are new last."""
    if context.everything:
        yield from (sorted(paths) for paths in _holders(context).values() if len(paths) > 1)
        return
    if context.addresses and context.pointing is None:
        raise UnavailableError("needs main to search: give --base REV in a clone")
    held = context.pointing() if context.pointing is not None else {}
    yield from ([*held.get(md5, ()), *paths] for md5, paths in context.addresses.items())


def _holders(context: Context) -> dict[bytes, list[str]]:
    """Give the pointers that hold an MD5, by the MD5s of what is not known."""
    tree, found = context.after.tree, dict[bytes, list[str]]()
    for path in context.listed:
        # Ten thousand pointers are searched in the time in which a thousand are read.
        if path.endswith(".dvc") and tree.entries[path].mode == REGULAR:
            for md5 in _MD5.findall(tree.read(path)):
                found.setdefault(md5, []).append(path)
    for name, md5s in context.known.items():
        for md5 in {md5[:32].encode() for md5 in md5s} & found.keys():
            below = tree.below(f"{layout.MODELS}/{name}")
            found[md5] += [path for path in below if path.endswith(".dvc") and md5 in tree.read(path)]
    return found


def _version(context: Context, path: str) -> Version | None:
    """Give the version that a pointer is of, where it can be read and is its only one: else nobody knows whose bytes are meant."""
    place = layout.place(path)
    if place is None or place.kind != "pointer" or place.model not in context.after.models:
        return None
    version = context.after.models[place.model].versions.get(place.name)
    return version if version is not None and _address(version) is not None else None


def _address(version: Version) -> str | None:
    values = [pointer.value for pointer in version.pointers]
    return values[0].out.md5 if len(values) == 1 and values[0] is not None else None


def _differ(one: Version, other: Version) -> bool:
    """Say whether two versions have one MD5, and different bytes."""
    digests_of = {_sha256(one), _sha256(other)}
    return _address(one) == _address(other) and None not in digests_of and len(digests_of) > 1


def _sha256(version: Version) -> str | None:
    return version.record.value.artifact.sha256 if version.record.value is not None else None


@rule("artifact-unreachable")
def artifact_unreachable(context: Context) -> Iterator[Problem]:
    """A new version's artifact is in no remote, or is there with another size.

    What is not in the remote by the time of the merge is lost when its author's disk is. With `--verify`, a version
    that is promoted is looked for as well. Push it: `modelry register` does, and reads it back. A version that names a
    public source need not be there before the merge; after it, `modelry mirror` brings it there.
    """
    # What is new cannot be on the base: there, nobody need be asked.
    if context.is_base:
        return
    asked = context.vouched if context.contents is not None else context.fresh
    for version in context.every_version if context.everything else asked:
        if (context.contents or {}).get(version.label):
            continue  # it is there, and wrong: of that, `artifact-corrupted` speaks
        # Where all is looked at, nothing is new, and no record need be read.
        if not context.everything and version in context.fresh and is_from_source(version):
            continue  # not yet: of what is to be copied, `source-differs` speaks
        for pointer in version.pointers:
            if pointer.value is None:
                continue
            if context.objects is None:
                raise UnavailableError("the remotes were not asked: --offline, or there is none here")
            out = pointer.value.out
            size = context.objects(out.md5)
            where = pointer.locate(["outs", 0, "md5"])
            again = f"modelry register {version.model} ARTIFACT --version {version.number}"
            if size is None:
                yield Problem(
                    pointer.path,
                    f"{out.path} is in no remote of this registry",
                    where,
                    "copy it from its source: modelry mirror"
                    if is_from_source(version)
                    else f"push it: {again}",
                )
            elif size != out.size and not pointer.value.is_folder:
                yield Problem(
                    pointer.path,
                    f"the remote holds {size} bytes, expected {out.size}",
                    where,
                    f"push it again: {again}",
                )


@rule("artifact-corrupted")
def artifact_corrupted(context: Context) -> Iterator[Problem]:
    """A remote gives other bytes than a version's record says, or lacks a file of its folder.

    Disks decay, and who can write to a remote can replace what lies there: consumers refuse such bytes, and so are
    without a model. Only `modelry check --verify` reads them all. Remove the object from that remote and put the right
    bytes in its place, from another remote or from a copy that `modelry verify` accepts.
    """
    if context.is_base or context.contents is None:
        return
    for version in context.vouched:
        for fault in context.contents.get(version.label, ()):
            pointer = version.pointers[0]
            where = pointer.locate(["outs", 0, "md5"])
            yield Problem(
                pointer.path, fault, where, "remove that object, and put the right bytes in its place"
            )


@rule("remote-misfiled")
def remote_misfiled(context: Context) -> Iterator[Problem]:
    """An object of a remote inside the repository is not what its name says, or is changed or removed.

    Objects are named by the MD5 of their bytes and are added only: a version that was merged must be
    there for ever. Let `modelry register` add them.
    """
    for step in context.changes.steps:
        if step.place.kind != "object" or (step.edit.after and step.edit.after.mode != REGULAR):
            continue
        if step.edit.how != "added":
            yield Problem(
                step.edit.path,
                f"was {step.edit.how}",
                hint="objects stay as they are: git checkout main -- registry",
            )
        elif hashlib.md5(
            context.after.tree.read(step.edit.path), usedforsecurity=False
        ).hexdigest() != "".join(step.place.file.split("/")[-2:]).removesuffix(".dir"):
            yield Problem(
                step.edit.path, "its bytes have another MD5 than its name", hint="run modelry register again"
            )
