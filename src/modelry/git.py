"""Git: the only module that runs it. Reads trees from commits, writes commits without a work tree."""

import os
import re
import subprocess
import tempfile
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, Self

from modelry.errors import ConflictError, NotFoundError, RegistryError
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


class GitError(RegistryError):
    """Git said no; the message is its complaint."""

    status: int = 0
    """Its exit code, where it ran."""


# A hook sets GIT_DIR and its friends for itself; they would point every call of ours at another repository.
_DROPPED = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
)
# What a repository's own configuration may never make us do, and what keeps messages in one language.
_SAFE = tuple(
    part
    for setting in (
        "core.hooksPath=/dev/null",
        "core.fsmonitor=false",
        "core.attributesFile=/dev/null",
        "log.showSignature=false",
        "protocol.ext.allow=never",
    )
    for part in ("-c", setting)
)


class MergeConflictError(ConflictError):
    """Two commits cannot be merged; carries the paths that both have changed."""

    def __init__(self, message: str, paths: Sequence[str], *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.paths = tuple(paths)


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", **extra}


@dataclass(frozen=True)
class Repository:
    """A git repository on this machine, bare or with a work tree."""

    path: Path
    """Any folder inside it, or the bare repository itself."""

    def run(self, *args: str, given: bytes = b"", extra: Mapping[str, str] | None = None) -> str:
        """Run git and give what it prints; raises `GitError` with git's complaint."""
        return self._run(args, given, extra or {}).decode(errors="replace")

    def _run(self, args: Sequence[str], given: bytes, extra: Mapping[str, str]) -> bytes:
        command = ["git", *_SAFE, "-C", os.fspath(self.path), *args]
        try:
            done = subprocess.run(
                command, input=given, capture_output=True, env=_environment(extra), check=False
            )
        except FileNotFoundError as error:
            raise GitError("git is not installed", hint="install git 2.38 or newer") from error
        if done.returncode:
            complaint = _complaint(args, done.stderr.decode(errors="replace"))
            complaint.status = done.returncode
            raise complaint
        return done.stdout

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
    def _blobs(self) -> "_Blobs":
        return _Blobs(self.path)

    def reading(self) -> Callable[[str], bytes]:
        """Give what reads blobs by their ids, all through one process."""
        return _Blobs(self.path).read

    def _edits(self, since: Tree, revision: str) -> tuple[Edit, ...]:
        """Give what differs between two trees."""
        found = _DIFFERING.findall(self._listed(*_DIFFER, str(since.commit), revision, "--"))
        return tuple(
            Edit(path, since.entries.get(path), Entry(mode, blob) if int(mode) else None)
            for mode, blob, path in sorted(found, key=itemgetter(2))
        )

    def holding(self, revision: str, text: str, ending: str) -> Sequence[str]:
        """Give the files of a commit with this ending in whose bytes a text stands."""
        how = (
            "--threads=1",
            "--no-color",
            "--no-recurse-submodules",
            "--text",
            "--full-name",
            "-l",
            "-z",
            "-F",
        )
        try:
            shown = self._listed("grep", *how, "-e", text, revision, "--", f":(top)*{ending}")
        except GitError as error:
            if error.status == 1:  # there is none
                return ()
            raise
        return [path.removeprefix(f"{revision}:") for path in shown.split("\0") if path]

    def _listed(self, *args: str) -> str:
        return self._run(args, b"", {}).decode("utf-8", "surrogateescape")

    def merge(self, ours: str, theirs: str) -> str:
        """Merge two commits in memory and give the tree's id; raises `MergeConflictError` with the paths."""
        # A `.gitattributes` in the work tree, which may be a pull request's, would choose how files are merged, and
        # by which program: git is given an empty one.
        with tempfile.TemporaryDirectory(prefix="modelry-merge-") as empty:
            command = [
                "git",
                *_SAFE,
                "-C",
                empty,
                "merge-tree",
                "--write-tree",
                "--name-only",
                "--no-messages",
            ]
            place = {
                "GIT_DIR": os.fspath(self.common),
                "GIT_WORK_TREE": empty,
                "GIT_INDEX_FILE": os.fspath(Path(empty, "index")),
            }
            done = subprocess.run(
                [*command, ours, theirs],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                env=_environment(place),
                check=False,
            )
        tree, *paths = done.stdout.splitlines() or [""]
        if done.returncode == 1:
            raise MergeConflictError(
                f"conflicts with main in {', '.join(paths)}",
                paths,
                hint="make the change again from main: somebody else's landed first",
            )
        if done.returncode:
            raise _complaint(("merge-tree",), done.stderr)
        return tree

    def laid_over(self, ours: str, fork: str, theirs: str) -> str:
        """Give the id of the tree that `ours` becomes with all that `theirs` changed since `fork`, conflicts or not."""
        found = _DIFFERING.findall(self._listed(*_DIFFER, fork, theirs, "--"))
        lines = [f"{mode} {blob}\t{path}\0" for mode, blob, path in found]
        with tempfile.TemporaryDirectory(prefix="modelry-index-") as folder:
            index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}  # noqa: PTH118 - git takes text
            self.run("read-tree", ours, extra=index)
            given = "".join(lines).encode("utf-8", "surrogateescape")
            self.run("update-index", "-z", "--index-info", given=given, extra=index)
            return self.run("write-tree", extra=index).strip()

    def write(self, base: str | None, files: Files, removed: Sequence[str] = ()) -> str:
        """Give the id of the tree that `base` becomes with these files; touches no index and no work tree."""
        with tempfile.TemporaryDirectory(prefix="modelry-index-") as folder:
            index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}  # noqa: PTH118 - git takes text
            if base is not None:
                self.run("read-tree", base, extra=index)
            lines = [f"0 {_MISSING}\t{path}\0" for path in removed]
            lines += [f"{REGULAR} {self._store(data)}\t{path}\0" for path, data in sorted(files.items())]
            self.run("update-index", "-z", "--index-info", given="".join(lines).encode(), extra=index)
            return self.run("write-tree", extra=index).strip()

    def _store(self, data: bytes) -> str:
        return self.run("hash-object", "-w", "--stdin", given=data).strip()

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

    def merged_by(self, head: str) -> str | None:
        """Give the commit of main's first-parent line that merged a commit; None where no merge did."""
        # Those that have it, oldest last; of what was merged before it, none.
        shown = self.run("rev-list", "--first-parent", "--parents", "--merges", f"{head}..{self.base}")
        lines = [line.split() for line in shown.splitlines()]
        return next((commit for commit, _, *merged in lines if head in merged), None)

    def tags(self, of: str = "") -> dict[str, "Tagged"]:
        """Give the tags by name, as they stand here; or, of a remote repository, as they stand there."""
        if of:
            told = [line.split("\t") for line in self.run("ls-remote", "--tags", of).splitlines()]
            ids = {ref.removeprefix("refs/tags/"): object_id for object_id, ref in told}
            return {
                name: Tagged(object_id, ids.get(f"{name}^{{}}", object_id), f"{name}^{{}}" in ids)
                for name, object_id in ids.items()
                if not name.endswith("^{}")
            }
        shown = "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)"
        rows = [line.split("\0") for line in self.run("for-each-ref", shown, "refs/tags").splitlines()]
        return {
            name: Tagged(object_id, peeled or object_id, bool(peeled)) for name, object_id, peeled in rows
        }

    def people(self, commits: Sequence[str]) -> dict[str, "Person"]:
        """Give for each of these commits who made it, and who approved it by its trailers."""
        shown = "--format=%H%x00%an%x00%ae%x00%(trailers:key=Approved-by,valueonly,separator=%x2C%x20)"
        given = "".join(f"{commit}\n" for commit in commits).encode()
        rows = (
            self.run("log", "--no-walk=unsorted", "--stdin", shown, given=given).splitlines()
            if commits
            else []
        )
        return {commit: Person(*rest) for commit, *rest in (row.split("\0") for row in rows)}

    def files(self, names: Iterable[str]) -> dict[str, bytes]:
        """Give files by name, `commit:path`, without those that are not there."""
        with _Blobs(self.path) as blobs:
            found = {name: blobs.find(name) for name in names}
        return {name: data for name, data in found.items() if data is not None}

    def imported(self, stream: bytes, *, keep: bool) -> dict[str, str]:
        """Make what a stream for `git fast-import` says, and give the objects by their marks; no ref of ours moves.

        The objects stay in this repository if we `keep` them, else they are forgotten.
        """
        ours = os.fspath(self.common / "objects")
        form = self.run("rev-parse", "--show-object-format").strip()
        with tempfile.TemporaryDirectory(prefix="modelry-import-") as folder:
            self.run("init", "--quiet", "--bare", f"--object-format={form}", folder)
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
            self.run(*command, given=stream, extra=place)
            told = Path(folder, "marks").read_text("ascii")
        return dict(line.split(" ") for line in told.splitlines())

    def create(self, refs: Mapping[str, str]) -> None:
        """Make new refs, all or none; raises `ConflictError` where one is there already."""
        given = "".join(f"create {ref} {object_id}\n" for ref, object_id in refs.items())
        try:
            self.run("update-ref", "--stdin", given=given.encode())
        except GitError as error:
            if "already exists" in str(error):
                raise ConflictError(
                    "somebody made one of the tags meanwhile", hint="run the command again"
                ) from error
            raise

    def is_checked_out(self, branch: str) -> bool:
        """Say whether the work tree stands on this branch."""
        return (
            not self.is_bare
            and self.succeeds("symbolic-ref", "-q", "HEAD")
            and (self.run("symbolic-ref", "-q", "HEAD").strip() == f"refs/heads/{branch}")
        )

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Give blobs by their ids, in one go; raises `GitError` when the repository does not hold one."""
        given = "".join(f"{blob}\n" for blob in ids).encode()
        data = self._run(("cat-file", "--batch"), given, {}) if given else b""
        found, start = {}, 0
        while start < len(data):
            end = data.index(b"\n", start)
            blob, _, size = data[start:end].decode().partition(" ")
            if size == "missing":
                raise GitError(f"git has no object {blob}", hint="fetch it: git fetch --refetch")
            start = end + 1 + int(size.rpartition(" ")[2])
            found[blob] = data[end + 1 : start]
            start += 1
        return found


class _Blobs:
    """A `git cat-file --batch` that starts with the first question and ends with its last asker."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None
        self._asker = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            _end(self._process)

    def _started(self) -> subprocess.Popen[bytes]:
        # A process that was forked from the one that asked first would share its pipes, and read its answers.
        if self._process is None or self._asker != os.getpid():
            command = ["git", *_SAFE, "-C", os.fspath(self._path), "cat-file", "--batch"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment({})
            )
            self._asker = os.getpid()
            weakref.finalize(self, _end, self._process)
        return self._process

    def find(self, name: str) -> bytes | None:
        """Give a blob by id or by `commit:path`; None when there is none."""
        told = self._ask(name)
        return None if told is None else told[1]

    def _ask(self, name: str) -> tuple[bytes, bytes] | None:
        """Give an object's id, and its bytes."""
        process = self._started()
        if process.stdin is None or process.stdout is None:  # both are pipes
            raise GitError("git cat-file: no pipe")
        process.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
        process.stdin.flush()
        header = process.stdout.readline().rstrip(b"\n")
        if not header or header.endswith(b" missing"):
            return None
        data = process.stdout.read(int(header.rpartition(b" ")[2]))
        process.stdout.read(1)
        return header.partition(b" ")[0], data

    def folder(self, name: str) -> Folder:
        """Give what lies in a folder by its id, or by `commit^{tree}`; raises as `read`."""
        told = self._ask(name)
        if told is None:
            raise _absent(name)
        id_, data = told
        found = re.findall(rb"([0-7]+) ([^\0]+)\0(.{%d})" % (len(id_) // 2), data, re.DOTALL)
        return {
            path.decode("utf-8", "surrogateescape"): Entry(mode.decode().zfill(6), within.hex())
            for mode, path, within in found
        }

    def read(self, blob: str) -> bytes:
        """Give an object by its id; raises `GitError` when the repository does not hold it."""
        data = self.find(blob)
        if data is None:
            raise _absent(blob)
        return data


def _absent(name: str) -> GitError:
    return GitError(f"git has no object {name}", hint="fetch it: git fetch --refetch")


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()


class Tagged(NamedTuple):
    """A tag as it stands."""

    id: str
    """The object that the ref names: of an annotated tag, its own."""
    commit: str
    """What the tag is on."""
    annotated: bool


class Person(NamedTuple):
    """Who made a commit."""

    name: str
    address: str
    approver: str
    """Who approved it, by its trailers; empty where none says so."""


def _complaint(args: Sequence[str], said: str) -> GitError:
    lines = [line for line in said.strip().splitlines() if line and not line.startswith("hint:")]
    hint = ""
    if "Unable to create" in said and ".lock" in said:
        hint = "another git is at work, or one was killed: if none runs, remove the file that it names"
    elif "Please tell me who you are" in said or "empty ident name" in said:
        hint = (
            "tell git who you are: git config --global user.name NAME; git config --global user.email ADDRESS"
        )
    elif "not a git repository" in said:
        hint = "go into a clone of the registry's repository"
    return GitError(f"git {args[0]}: {' '.join(lines)[-600:] or 'failed'}", hint=hint)
