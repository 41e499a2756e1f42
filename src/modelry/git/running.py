"""How git is run: safe from the repository's own configuration and a hook's environment, failing with its complaint."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

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


class GitError(RegistryError):
    """Git said no; the message is its complaint."""

    status: int = 0
    """Its exit code, where it ran."""
    answer: bytes = b""
    """What it printed all the same."""


def run(path: Path, args: Sequence[str], given: bytes, extra: Mapping[str, str]) -> bytes:
    """Run git in a folder and give what it prints; raises `GitError` with git's complaint."""
    return _done(path, args, given, extra).stdout


def said(path: Path, args: Sequence[str]) -> bytes:
    """Run git in a folder and give what it says beside its answer: of a push, the server's own words."""
    return _done(path, args, b"", {}).stderr


def _done(
    path: Path, args: Sequence[str], given: bytes, extra: Mapping[str, str]
) -> "subprocess.CompletedProcess[bytes]":
    try:
        done = subprocess.run(
            command(path, *args), input=given, capture_output=True, env=environment(extra), check=False
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed", hint="install git 2.38 or newer") from error
    if done.returncode:
        told = complaint(args, done.stderr.decode(errors="replace"))
        told.status, told.answer = done.returncode, done.stdout
        raise told
    return done


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
