"""A git repository: what a revision of it means, its trees, and the commits and branches that we make."""

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from modelry.errors import ConflictError, NotFoundError
from modelry.git import running
from modelry.git.blobs import Blobs
from modelry.git.running import GitError
from modelry.model.files import REGULAR, Edit, Entry, Files, Folder, Paths, Since, Tree

_MISSING = "0" * 40
_LISTED = re.compile(r"([0-7]{6}) [a-z]+ ([0-9a-f]+)\t([^\0]+)\0")
# Whatever the configuration says of renames and submodules, each path that differs is told.
_DIFFER = (
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--ignore-submodules=none",
)
_DIFFERING = re.compile(r":[0-7]{6} ([0-7]{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]\0([^\0]+)\0")
"""Mode and id after the change, and the path."""


@dataclass(frozen=True)
class Repository:
    """A git repository on this machine, bare or with a work tree."""

    path: Path
    """Any folder inside it, or the bare repository itself."""

    def run(self, *args: str, given: bytes = b"", extra: Mapping[str, str] | None = None) -> str:
        """Run git and give what it prints; raises `GitError` with git's complaint."""
        return running.run(self.path, args, given, extra or {}).decode(errors="replace")

    def push(self, *args: str) -> Sequence[str]:
        """Push to origin, and give the lines that the server said; raises `GitError` with its complaint."""
        told = running.said(self.path, ("push", "--quiet", *args)).decode(errors="replace")
        return [
            line.removeprefix("remote:").strip() for line in told.splitlines() if line.startswith("remote:")
        ]

    def _listed(self, *args: str) -> str:
        return running.run(self.path, args, b"", {}).decode("utf-8", "surrogateescape")

    def succeeds(self, *args: str) -> bool:
        """Say whether git answers yes, for questions that it answers by exit code."""
        try:
            self.run(*args)
        except GitError:
            return False
        return True

    @property
    def top(self) -> Path:
        """The top of the work tree, or the bare repository."""
        if self.is_bare:
            return Path(self.run("rev-parse", "--absolute-git-dir").strip())
        return Path(self.run("rev-parse", "--show-toplevel").strip())

    @property
    def is_bare(self) -> bool:
        """Whether there is no work tree."""
        return self.run("rev-parse", "--is-bare-repository").strip() == "true"

    @property
    def common(self) -> Path:
        """The folder that all work trees share, where locks and scratch belong."""
        return Path(self._facts[1])

    @property
    def is_shallow(self) -> bool:
        """Whether the beginning of the history is not here."""
        return self._facts[0] == "true"

    @cached_property
    def _facts(self) -> Sequence[str]:
        asked = ("--is-shallow-repository", "--path-format=absolute", "--git-common-dir")
        return self.run("rev-parse", *asked).removesuffix("\n").split("\n", 1)

    @cached_property
    def _commits(self) -> set[str]:
        """Ids that were found to be commits' once, and so always are."""
        return set()

    def commit(self, revision: str) -> str:
        """Give the commit id of a revision; raises `NotFoundError`."""
        if revision in self._commits:
            return revision
        try:
            found = self.run(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
            ).strip()
        except GitError as error:
            raise NotFoundError(
                f"there is no commit {revision}", hint="see what there is: git log, git branch -a"
            ) from error
        self._commits.add(found)
        return found

    def resolves(self, revision: str) -> str | None:
        """Give the commit id of a revision, or None."""
        try:
            return self.commit(revision)
        except NotFoundError:
            return None

    @property
    def boundary(self) -> frozenset[str]:
        """The commits of a shallow clone whose parents it does not have; none in a whole one."""
        path = Path(self.run("rev-parse", "--path-format=absolute", "--git-path", "shallow").strip())
        return frozenset(path.read_text("ascii").split()) if path.exists() else frozenset()

    @property
    def has_origin(self) -> bool:
        """Whether there is a remote repository called origin."""
        return "origin" in self.run("remote").split()

    @property
    def main(self) -> str:
        """Give the branch that the registry lives on: origin's default, else this repository's own."""
        if self.has_origin:
            for name in ("origin/HEAD", "origin/main", "origin/master"):
                if self.resolves(name):
                    return self.run("rev-parse", "--abbrev-ref", name).strip().removeprefix("origin/")
        head = self.run("symbolic-ref", "--quiet", "--short", "HEAD").strip() if self.is_bare else ""
        if head and self.resolves(f"refs/heads/{head}"):
            return head  # of a bare repository, HEAD says so; elsewhere it is what one works on
        known = self.run("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").split()
        told = self.run("config", "--default", "", "init.defaultBranch").strip()
        only = known if len(known) == 1 else []
        return next((name for name in ("main", "master", told, *only) if name in known), "main")

    @property
    def base(self) -> str:
        """Give the revision that proposals start from: origin's main where there is one."""
        if self.has_origin and self.resolves(f"origin/{self.main}"):
            return f"origin/{self.main}"
        return self.main

    def blob(self, id_: str) -> bytes:
        """Give the bytes of a blob; raises `GitError` where there is none of this id."""
        return running.run(self.path, ("cat-file", "blob", id_), b"", {})

    def tree(self, revision: str, since: Tree | None = None) -> Tree:
        """Give a commit's, or a tree's, content as a tree: folders are listed, and bytes read, when they are asked for.

        With `since`, the tree of a commit of this repository, what differs from there is known.
        """
        entries: Paths

        def folder(path: str) -> Folder:
            parent, _, name = path.rpartition("/")
            return self._blobs.folder(entries.folder(parent)[name].id if path else f"{revision}^{{tree}}")

        entries = Paths(folder, lambda: self._all(revision))
        is_known = since is not None and since.commit is not None
        origin = Since(since, self._edits(since, revision)) if since is not None and is_known else None
        return Tree(entries, lambda path: self._blobs.read(entries[path].id), revision, origin)

    def _all(self, revision: str) -> Mapping[str, Entry]:
        found = _LISTED.findall(self._listed("ls-tree", "-r", "-z", "--full-tree", revision))
        entries = {path: Entry(mode, blob) for mode, blob, path in found}
        # Git's order is that of the bytes, which is ours but for names that are no text.
        return (
            entries
            if (ordered := sorted(entries)) == list(entries)
            else {path: entries[path] for path in ordered}
        )

    @cached_property
    def _blobs(self) -> Blobs:
        return Blobs(self.path)

    def _edits(self, since: Tree, revision: str) -> tuple[Edit, ...]:
        found = sorted(self.differing(str(since.commit), revision).items())
        return tuple(Edit(path, since.entries.get(path), entry) for path, entry in found)

    def differing(self, old: str, new: str) -> dict[str, Entry | None]:
        """Give what has another content or mode than in an older commit or tree; None for what is gone."""
        found = _DIFFERING.findall(self._listed(*_DIFFER, old, new, "--"))
        return {path: Entry(mode, blob) if int(mode) else None for mode, blob, path in found}

    def write(self, base: str | None, files: Files, removed: Sequence[str] = ()) -> str:
        """Give the id of the tree that `base` becomes with these files; touches no index and no work tree."""
        blobs = {
            path: self.run("hash-object", "-w", "--stdin", given=data).strip()
            for path, data in sorted(files.items())
        }
        entries = {path: Entry(REGULAR, blob) for path, blob in blobs.items()}
        return self.edited(base, {**dict.fromkeys(removed), **entries})

    def edited(self, base: str | None, entries: Mapping[str, Entry | None]) -> str:
        """Give the id of the tree that `base` becomes with these entries, and without what is None."""
        gone = Entry("0", _MISSING)
        lines = [
            f"{mode} {blob}\t{path}\0" for path, entry in entries.items() for mode, blob in (entry or gone,)
        ]
        with tempfile.TemporaryDirectory(prefix="modelry-index-") as folder:
            index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}  # noqa: PTH118 - git takes text
            if base is not None:
                self.run("read-tree", base, extra=index)
            given = "".join(lines).encode("utf-8", "surrogateescape")
            self.run("update-index", "-z", "--index-info", given=given, extra=index)
            return self.run("write-tree", extra=index).strip()

    def record(self, tree: str, parents: Sequence[str], message: str) -> str:
        """Make a commit of a tree and give its id; no branch moves."""
        args = [part for parent in parents for part in ("-p", parent)]
        return self.run("commit-tree", tree, *args, "-F", "-", given=message.encode()).strip()

    def move(self, branch: str, new: str, old: str | None) -> None:
        """Move a branch if it still is where it was (`old`; None: it does not exist); else `ConflictError`."""
        self.move_together((f"refs/heads/{branch}", new, old))

    def move_together(self, *moves: tuple[str, str, str | None]) -> None:
        """Move several refs, each with its new and its old commit: all of them, or none and `ConflictError`."""
        told = "".join(f"update {ref}\0{new}\0{old or _MISSING}\0" for ref, new, old in moves)
        try:
            self.run("update-ref", "-m", "modelry", "--stdin", "-z", given=told.encode())
        except GitError as error:
            if "lock" in str(error) and "File exists" in str(error):
                raise
            names = " or ".join(ref.removeprefix("refs/heads/") for ref, _, _ in moves)
            raise ConflictError(f"{names} has moved meanwhile", hint="run the command again") from error

    def is_checked_out(self, branch: str) -> bool:
        """Say whether the work tree stands on this branch."""
        return (
            not self.is_bare
            and self.succeeds("symbolic-ref", "-q", "HEAD")
            and (self.run("symbolic-ref", "-q", "HEAD").strip() == f"refs/heads/{branch}")
        )
