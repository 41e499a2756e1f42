"""Tags: as they stand here or at a remote, and what making them takes: objects from a stream, refs all at once."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from modelry.errors import ConflictError
from modelry.git.repository import Repository
from modelry.git.running import GitError


class Tagged(NamedTuple):
    """A tag as it stands."""

    id: str
    """The object that the ref names: of an annotated tag, its own."""
    commit: str
    """What the tag is on."""
    annotated: bool


def tags(repository: Repository, of: str = "") -> dict[str, Tagged]:
    """Give the tags by name, as they stand here; or, of a remote repository, as they stand there."""
    if of:
        told = [line.split("\t") for line in repository.run("ls-remote", "--tags", of).splitlines()]
        ids = {ref.removeprefix("refs/tags/"): object_id for object_id, ref in told}
        return {
            name: Tagged(object_id, ids.get(f"{name}^{{}}", object_id), f"{name}^{{}}" in ids)
            for name, object_id in ids.items()
            if not name.endswith("^{}")
        }
    shown = "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)"
    rows = [line.split("\0") for line in repository.run("for-each-ref", shown, "refs/tags").splitlines()]
    return {name: Tagged(object_id, peeled or object_id, bool(peeled)) for name, object_id, peeled in rows}


def create(repository: Repository, refs: Mapping[str, str]) -> None:
    """Make new refs, all or none; raises `ConflictError` where one is there already."""
    given = "".join(f"create {ref} {object_id}\n" for ref, object_id in refs.items())
    try:
        repository.run("update-ref", "--stdin", given=given.encode())
    except GitError as error:
        if "already exists" in str(error):
            raise ConflictError(
                "somebody made one of the tags meanwhile", hint="run the command again"
            ) from error
        raise


def imported(repository: Repository, stream: bytes, *, keep: bool) -> dict[str, str]:
    """Make what a stream for `git fast-import` says, and give the objects by their marks; no ref of ours moves.

    The objects stay in this repository if we `keep` them, else they are forgotten.
    """
    ours = os.fspath(repository.common / "objects")
    form = repository.run("rev-parse", "--show-object-format").strip()
    with tempfile.TemporaryDirectory(prefix="modelry-import-") as folder:
        repository.run("init", "--quiet", "--bare", f"--object-format={form}", folder)
        place = {"GIT_DIR": folder, "GIT_ALTERNATE_OBJECT_DIRECTORIES": ours}
        if keep:
            place["GIT_OBJECT_DIRECTORY"] = ours
        # Refs of a folder that goes away need not survive a power cut.
        command = (
            "-c",
            "core.fsync=-reference",
            "fast-import",
            "--quiet",
            f"--export-marks={folder}/marks",
        )
        repository.run(*command, given=stream, extra=place)
        told = Path(folder, "marks").read_text("ascii")
    return dict(line.split(" ") for line in told.splitlines())
