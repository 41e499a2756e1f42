"""Objects as a process of git gives them, one for each question, as long as somebody asks."""

import os
import re
import subprocess
import weakref
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Self

from modelry.git import running
from modelry.git.running import GitError
from modelry.model.files import Entry, Folder


class Blobs:
    """A `git cat-file --batch` that starts with the first question and ends with its last asker."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None
        self._asker = 0
        # Remotes are read by several threads: a question and its answer belong together.
        self._turn = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            _end(self._process)

    def _started(self) -> subprocess.Popen[bytes]:
        # A process that was forked from the one that asked first would share its pipes, and read its answers.
        if self._process is None or self._asker != os.getpid():
            self._process = subprocess.Popen(
                running.command(self._path, "cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=running.environment({}),
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
        with self._turn:
            return self._answer(name)

    def _answer(self, name: str) -> tuple[bytes, bytes] | None:
        process = self._started()
        if process.stdin is None or process.stdout is None:  # both are pipes
            raise GitError("git cat-file: no pipe")
        header = b""
        with suppress(BrokenPipeError):
            process.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
            process.stdin.flush()
            header = process.stdout.readline().rstrip(b"\n")
        if not header:
            raise GitError("git cat-file ended before it answered", hint="run the command again")
        if header.endswith(b" missing"):
            return None
        data = process.stdout.read(int(header.rpartition(b" ")[2]))
        process.stdout.read(1)
        return header.partition(b" ")[0], data

    def folder(self, name: str) -> Folder:
        """Give what lies in a folder by its id, or by `commit^{tree}`; raises as `read`."""
        told = self._ask(name)
        if told is None:
            raise absent(name)
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
            raise absent(blob)
        return data


def absent(name: str) -> GitError:
    """Give the error of an object that the repository does not hold."""
    return GitError(f"git has no object {name}", hint="fetch it: git fetch --refetch")


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):  # it has ended before us
                pipe.close()
    process.wait()
