"""What the examples do not show: tools that are not there, files of another kind, and editing that is refused."""

import stat
import subprocess
from pathlib import Path

import pytest

from doctor import shown
from modelry.checks.base import UnavailableError
from modelry.doctor.mends import Entry, Line, Mend
from modelry.doctor.owners import Line as Owned
from modelry.errors import RegistryError
from modelry.storage import folders, sheets, yaml_editing, yaml_forges, zizmor
from modelry.treating import of


def test_without_zizmor_its_rule_is_skipped_and_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zizmor, "program", lambda: None)
    monkeypatch.setattr(shown, "auditor", lambda _: None)
    top = shown.lay(Path("nothing"), tmp_path / "top")

    assert shown.doctor(top, "--settings", shown.SETTINGS) == (
        0,
        "skipped[audit-finding]: zizmor is not installed: pip install zizmor\n\npasses\n",
    )


@pytest.mark.parametrize("script", ["exit 2", "echo 'fatal: no audit' >&2; exit 1", "kill -9 $$"])
def test_a_zizmor_that_could_not_look_found_nothing_sound(script: str, tmp_path: Path) -> None:
    program = tmp_path / "zizmor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    with pytest.raises(UnavailableError, match="zizmor could not look"):
        zizmor.audit(str(program), {".github/workflows/x.yml": b"on: push\n"})
    with pytest.raises(UnavailableError, match="zizmor could not look"):
        zizmor.audit(str(tmp_path / "missing"), {})


def test_where_nothing_is_to_be_audited_nothing_is_found() -> None:
    program = zizmor.program()
    assert program is not None
    assert zizmor.audit(program, {}) == []


def test_files_are_judged_at_a_commit_and_not_as_they_lie(tmp_path: Path) -> None:
    top = shown.lay(Path("nothing"), tmp_path / "top")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Begin"]):
        subprocess.run(["git", "-C", str(top), *command], check=True)
    (top / ".github/CODEOWNERS").unlink()

    assert shown.doctor(top, "--at", "HEAD", "--settings", shown.SETTINGS) == (0, "passes\n")
    assert shown.doctor(top, "--settings", shown.SETTINGS).code == 3


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    top = shown.lay(Path("nothing"), tmp_path / "top")
    owners = top / ".github/CODEOWNERS"
    owners.rename(tmp_path / "elsewhere")
    owners.symlink_to(tmp_path / "elsewhere")

    assert "there is no CODEOWNERS" in shown.doctor(top, "--settings", shown.SETTINGS).said


def test_all_paths_of_a_folder_are_told_but_git_s_own(tmp_path: Path) -> None:
    folders.write({"b/c": b"2", "a": b"1", ".git/config": b"", "b/.git": b""}, tmp_path)

    assert list(folders.whole(tmp_path).entries) == ["a", "b/.git", "b/c"]


@pytest.mark.parametrize(
    ("pattern", "path", "covers"),
    [
        ("*", "a/b.md", True),
        ("*.md", "a/b.md", True),
        ("*.md", "a/b.txt", False),
        ("/docs/", "docs/a/b", True),
        ("/docs/", "docs", False),
        ("docs/", "x/docs/a", True),
        ("/docs/*", "docs/a", True),
        ("/docs/*", "docs/a/b", False),
        ("docs/**", "docs/a/b", True),
        ("**/docs", "x/docs/a", True),
        ("/a?c", "abc", True),
        ("/a/b", "a/b/c", True),
        ("a/b", "x/a/b", False),
        ("/.dvc/", "xdvc/config", False),
    ],
)
def test_a_line_of_codeowners_is_for_the_paths_that_the_forge_takes_it_for(
    pattern: str, path: str, covers: bool
) -> None:
    assert Owned(1, pattern, ("@a",)).covers(path) is covers


def test_what_fails_in_one_step_leaves_the_whole_file_as_it_was(tmp_path: Path) -> None:
    folders.write({"a.yml": b"jobs: {x: {steps: []}}\n", "b.yml": b"\xff", "c": b"x"}, tmp_path)
    right = ("jobs", "x", "permissions")
    treated = of(
        folders.whole(tmp_path),
        [
            Mend("a.yml", (Entry(("permissions",), {}, "jobs"), Entry(right, {}, "steps"))),
            Mend("b.yml", (Entry(("a",), 1),)),
            Mend("c", (Line("y\n"),)),
            Mend("d/e", (Line("new\n"),)),
        ],
    )

    assert treated.files == {"c": b"x\ny\n", "d/e": b"new\n"}
    assert treated.left == (
        "a.yml: `jobs.x.permissions` has no line to go to",
        "b.yml: it is not UTF-8",
    )


def test_a_value_goes_above_a_key_and_its_comments() -> None:
    text = "a: 1\n# of b\n# and more\nb: yes\non: x\n"

    assert yaml_editing.insert(text, ["c"], {"d": 2}, "b", yaml_forges.top) == (
        "a: 1\nc:\n  d: 2\n# of b\n# and more\nb: yes\non: x\n"
    )


def test_what_no_forge_can_read_is_a_fault_with_its_place() -> None:
    sheet = sheets.sheet("x.yml", b"a: &x 1\nb: *x\n")

    assert [(fault.message, fault.position) for fault in sheet.faults] == [
        ("an alias is not read here", (2, 4))
    ]
    with pytest.raises(RegistryError, match="the text is faulty at 2:4"):
        yaml_forges.top("a: &x 1\nb: *x\n")


def test_windows_line_ends_are_read() -> None:
    assert sheets.sheet("x.yml", b"on: push\r\njobs: {}\r\n").value == {"on": "push", "jobs": {}}
