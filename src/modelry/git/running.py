"""How git is run: safe from the repository's own configuration and a hook's environment, failing with its complaint."""

import os
import subprocess
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from modelry.errors import RegistryError

# A hook sets GIT_DIR and its friends for itself; they would point every call of ours at another repository.
_DROPPED = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
)
# What was pushed lies apart until the hook has accepted it; of git's places, this one alone is where we look as well.
_QUARANTINED = "GIT_QUARANTINE_PATH"
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
_MUCH = 64 * 1024
"""Bytes of a question: as much as a pipe holds."""


class GitError(RegistryError):
    """Git said no; the message is its complaint."""

    status: int = 0
    """Its exit code, where it ran."""
    answer: bytes = b""
    """What it printed all the same."""


def run(path: Path, args: Sequence[str], given: bytes, extra: Mapping[str, str]) -> bytes:
    """Run git in a folder and give what it prints; raises `GitError` with git's complaint."""
    if len(given) > _MUCH:
        return _by_files(path, args, given, extra)
    return _done(path, args, given, extra).stdout


def _by_files(path: Path, args: Sequence[str], given: bytes, extra: Mapping[str, str]) -> bytes:
    """Run git where much is asked, and so much answered: a pipe would wake both sides thousands of times."""
    with TemporaryFile() as asked, TemporaryFile() as told:
        asked.write(given)
        asked.seek(0)
        _ended(_started(path, args, extra, asked, told), args, None)
        told.seek(0)
        return told.read()


def said(path: Path, args: Sequence[str]) -> bytes:
    """Run git in a folder and give what it says beside its answer: of a push, the server's own words."""
    return _done(path, args, b"", {}).stderr


def begun(path: Path, args: Sequence[str]) -> Callable[[], bytes]:
    """Begin to run git in a folder, and give what waits for its end: then it answers, or raises, as `run` does."""
    asker, process = os.getpid(), _started(path, args, {}, subprocess.DEVNULL)
    answers: list[bytes] = []

    def answer() -> bytes:
        # A process that was forked from the one that asked cannot wait for the answer.
        if os.getpid() != asker:
            return run(path, args, b"", {})
        if not answers:
            answers.append(_ended(process, args, None).stdout)
        return answers[0]

    weakref.finalize(answer, _stop, process, asker)
    return answer


def _stop(process: "subprocess.Popen[bytes]", asker: int) -> None:
    """End a run for whose answer nobody waits any more."""
    if os.getpid() == asker and process.returncode is None:
        process.kill()
        process.communicate()


def _done(
    path: Path, args: Sequence[str], given: bytes, extra: Mapping[str, str]
) -> "subprocess.CompletedProcess[bytes]":
    return _ended(_started(path, args, extra, subprocess.PIPE), args, given)


def _started(
    path: Path,
    args: Sequence[str],
    extra: Mapping[str, str],
    given: int | IO[bytes],
    answer: int | IO[bytes] = subprocess.PIPE,
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            command(path, *args),
            stdin=given,
            stdout=answer,
            stderr=subprocess.PIPE,
            env=environment(extra),
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed", hint="install git 2.38 or newer") from error


def _ended(
    process: "subprocess.Popen[bytes]", args: Sequence[str], given: bytes | None
) -> "subprocess.CompletedProcess[bytes]":
    with process:
        try:
            answer, said = process.communicate(given)
        except BaseException:  # whoever interrupts us leaves no process behind
            process.kill()
            raise
    if process.returncode:
        told = complaint(args, said.decode(errors="replace"))
        told.status, told.answer = process.returncode, answer or b""
        raise told
    return subprocess.CompletedProcess(args, process.returncode, answer, said)


def command(path: Path, *args: str) -> Sequence[str]:
    """Give the command line of git in a folder."""
    return ["git", *_SAFE, "-C", os.fspath(path), *args]


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Give the environment that git runs in."""
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    if pushed := os.environ.get(_QUARANTINED):
        kept["GIT_OBJECT_DIRECTORY"] = pushed
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", **extra}


def complaint(args: Sequence[str], said: str) -> GitError:
    """Give the error of what git complains of, with what mends it where that is known."""
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
