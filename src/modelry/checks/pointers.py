"""What must agree between a version's record, its pointer and the remote."""

import hashlib
from collections.abc import Iterator

from modelry.checks.base import Context, Problem, UnavailableError, rule
from modelry.model import digests, layout


@rule("pointer-mismatch")
def pointer_mismatch(context: Context) -> Iterator[Problem]:
    """A pointer speaks of another artifact than the record.

    modelry verifies bytes by the record, DVC by the pointer; where the two differ, people get
    different models under one name. Both come from `modelry register`: run it again.
    """
    for version in context.versions:
        # With two pointers nobody knows which is meant: of that, `incomplete-version` speaks.
        if version.record.value is None or len(version.pointers) != 1:
            continue
        artifact = version.record.value.artifact
        for pointer in version.pointers:
            if pointer.value is None:
                continue
            out = pointer.value.out
            if pointer.path != layout.version(version.model, version.number, f"{out.path}.dvc"):
                yield Problem(
                    pointer.path,
                    f"expected the name {out.path}.dvc",
                    hint="rename it, as `dvc add` would",
                )
            for key, found, expected in (
                ("path", out.path, artifact.path),
                ("size", out.size, artifact.size),
            ):
                if found != expected:
                    where = pointer.locate(["outs", 0, key])
                    yield Problem(pointer.path, f"`{key}` is {found}, but the record says {expected}", where)
            if pointer.value.is_folder != (artifact.files is not None):
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


@rule("artifact-unreachable")
def artifact_unreachable(context: Context) -> Iterator[Problem]:
    """A new version's artifact is in no remote, or is there with another size.

    What is not in the remote by the time of the merge is lost when its author's disk is. Push it:
    `modelry register` does, and reads it back.
    """
    fresh = {(place.model, place.name) for place in context.changes.registered}
    for version in context.versions:
        if not context.everything and (version.model, version.number) not in fresh:
            continue
        for pointer in version.pointers:
            if pointer.value is None:
                continue
            if context.objects is None:
                raise UnavailableError("the remotes were not asked: --offline, or there is none here")
            out = pointer.value.out
            size = context.objects(out.md5)
            where = pointer.locate(["outs", 0, "md5"])
            if size is None:
                yield Problem(
                    pointer.path,
                    f"{out.path} is in no remote of this registry",
                    where,
                    "push it: modelry register",
                )
            elif size != out.size and not pointer.value.is_folder:
                yield Problem(
                    pointer.path,
                    f"the remote holds {size} bytes, expected {out.size}",
                    where,
                    "push it again: modelry register",
                )


@rule("remote-misfiled")
def remote_misfiled(context: Context) -> Iterator[Problem]:
    """An object of a remote inside the repository is not what its name says, or is changed or removed.

    Objects are named by the MD5 of their bytes and are added only: a version that was merged must be
    there for ever. Let `modelry register` add them.
    """
    for step in context.changes.steps:
        if step.place.kind != "object":
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
