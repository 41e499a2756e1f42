"""The rules' examples: folders, read as values and brought before `modelry check` as a change of a real repository.

    base/registry/                       what all examples start from: churn, 1.0.0 in production, 1.1.0 in staging
    examples/<rule>/<good|bad>-<situation>/
        earlier/registry/…               laid over the base: what main was from 1 June 2026 on   (optional)
        before/registry/…                laid over that: what main is since 10 June              (optional)
        after/registry/…                 laid over that: the change, which is judged on 15 June
        gone.txt                         the paths that `before` removes, one a line             (optional)
        removed.txt                      the paths that the change removes, one a line           (optional)
        renamed.txt                      `old => new`, one a line: names that not every system
                                         can check out, which this repository must spare it     (optional)
        web/…                            what models.acme.example serves to anybody              (optional)
        expected.txt                     what `modelry check --base main --head change` says     (bad only)

`PYTHONPATH=tests python -m checks.shown --write` writes every expected.txt anew; read the difference before you commit it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import NamedTuple, Self
from unittest.mock import patch

from click.testing import CliRunner

import public
from modelry import judging
from modelry.catalog import rules
from modelry.cli import group
from modelry.model import layout

HOME = Path(__file__).parent
BASE = HOME / "base"
EXAMPLES = HOME / "examples"


class Judgement(NamedTuple):
    """What `modelry check` said."""

    code: int
    said: str


class Clock(datetime):
    """A clock that stands: waivers end and soaks run by it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2026, 6, 15, 12, tzinfo=tz or UTC)


def folders() -> list[Path]:
    """Give the examples' folders, in order."""
    return sorted(EXAMPLES.glob("*/*"))


def name(example: Path) -> str:
    """Give an example's name, for a test's id."""
    return f"{example.parent.name}/{example.name}"


def layer(example: Path, moment: str, top: Path) -> None:
    """Lay one moment of an example over what lies in `top`."""
    if (example / moment).is_dir():
        shutil.copytree(example / moment, top, symlinks=True, dirs_exist_ok=True)
    removed = example / {"before": "gone.txt", "after": "removed.txt"}.get(moment, "nothing")
    for path in removed.read_text("utf-8").splitlines() if removed.is_file() else ():
        (top / path).unlink()
    renamed = example / "renamed.txt"
    for line in renamed.read_text("utf-8").splitlines() if renamed.is_file() else ():
        old, _, new = line.partition(" => ")
        if (top / old).exists():
            (top / new).parent.mkdir(parents=True, exist_ok=True)
            (top / old).rename(top / new)


def lay(example: Path, *moments: str, top: Path) -> Path:
    """Lay the base and moments of an example into `top`, and give it."""
    shutil.copytree(BASE, top, symlinks=True)
    for moment in moments:
        layer(example, moment, top)
    return top


def check(*args: str) -> Judgement:
    """Run `modelry check` on 15 June 2026."""
    with patch.object(judging, "datetime", Clock):
        result = CliRunner().invoke(group, ["check", *args], catch_exceptions=False)
    return Judgement(result.exit_code, result.stdout)


def by_git(example: Path, top: Path, *options: str) -> Judgement:
    """Judge an example as a branch of a repository, which is made at `top`."""
    commits: list[bytes] = []
    for moment, branch, when in (
        ("earlier", "main", "06-01"),
        ("before", "main", "06-10"),
        ("after", "change", "06-15"),
    ):
        layer(example, moment, top if commits else lay(example, top=top))
        commits.append(_commit(top, branch, datetime.fromisoformat(f"2026-{when}T12:00:00Z")))
    _git(top, b"", "init", "--quiet", "--template=", "--initial-branch=change")
    _git(top, b"".join(commits), "fast-import", "--quiet")
    more = example / "options.txt"
    asked = more.read_text("utf-8").split() if more.is_file() else []
    web = example / "web"
    with public.folder(web) if web.is_dir() else nullcontext():
        return check(str(top), "--base", "main", "--head", "change", *asked, *options)


def by_folders(example: Path, top: Path, *options: str) -> Judgement:
    """Judge an example as two folders, which are made below `top`."""
    before = lay(example, "earlier", "before", top=top / "before")
    after = lay(example, "earlier", "before", "after", top=top / "after")
    return check(str(after), "--base", str(before), *options)


def is_told_by_folders(example: Path) -> bool:
    """Say whether two folders tell all of an example: no history, and nothing that is read from git alone.

    A folder on the disk holds artifacts that were pulled beside their pointers, so what lies below
    `versions/` without a meaning is no finding there; only `registry/` is read; and no remote is asked.
    """
    paths = [
        path.relative_to(example).as_posix() for path in (example / "after").rglob("*") if not path.is_dir()
    ]
    strange = [path for path in paths if layout.place(path.removeprefix("after/")) is None]
    outside = any("/versions/" in path or not path.startswith("after/registry/") for path in strange)
    return not outside and not (example / "earlier").exists() and not (example / "options.txt").exists()


def files(top: Path) -> dict[str, bytes]:
    """Give the regular files below a folder."""
    found = sorted(path for path in top.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in found}


def values() -> Iterator[rules.Example]:
    """Give the examples as values, for the rules' page."""
    for example in folders():
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            before = files(lay(example, "earlier", "before", top=top / "before"))
            after = files(lay(example, "earlier", "before", "after", top=top / "after"))
        kind, _, situation = example.name.partition("-")
        expected = example / "expected.txt"
        said = expected.read_text("utf-8") if expected.is_file() else ""
        yield rules.Example(
            example.parent.name, kind == "good", situation.replace("-", " "), before, after, said
        )


def _commit(top: Path, branch: str, when: datetime) -> bytes:
    """Give a commit of all that lies in `top`, as git's fast-import reads it; a branch begins at main."""
    told = [
        f"commit refs/heads/{branch}\ncommitter Alice <alice@acme.example> {when.timestamp():.0f} +0000\ndata 8\na moment\n"
    ]
    told += ["from refs/heads/main\n"] if branch != "main" else []
    parts = ["".join(told).encode() + b"deleteall\n"]
    for path in sorted(top.rglob("*")):
        name = path.relative_to(top).as_posix().encode()
        if path.is_symlink():
            parts += [_file(b"120000", name, os.fsencode(path.readlink()))]
        elif path.is_file():
            parts += [_file(b"100755" if os.access(path, os.X_OK) else b"100644", name, path.read_bytes())]
    return b"".join(parts)


def _file(mode: bytes, name: bytes, data: bytes) -> bytes:
    return b"M %s inline %s\ndata %d\n%s\n" % (mode, name, len(data), data)


def _git(top: Path, given: bytes, *args: str) -> None:
    subprocess.run(["git", "-C", os.fspath(top), *args], input=given, check=True)


def _write() -> None:
    for example in folders():
        if example.name.startswith("bad-"):
            with tempfile.TemporaryDirectory() as folder:
                judged = by_git(example, Path(folder) / "repository")
            (example / "expected.txt").write_text(judged.said, "utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    _write()
