"""What the findings of the examples tell people to type works when it is typed."""

import json
import re
import subprocess
from pathlib import Path

import click
import pytest

from checks import shown
from modelry.cli import group

_SHELL = re.compile(r"(?:^|[:;] )((?:git (?:checkout|rm) |chmod |rm ).+?)(?=; |$)")
_OURS = re.compile(r"(?:^|[:;,] )(?:then: )?modelry (.+?)(?=; |$)")


def hints(example: Path) -> list[str]:
    """Give the hints that an example's expected text has."""
    said = (example / "expected.txt").read_text("utf-8")
    return [line.removeprefix("  = ") for line in said.splitlines() if line.startswith("  = ")]


BAD = [example for example in shown.folders() if example.name.startswith("bad-")]
SHELL = [example for example in BAD if any(_SHELL.search(hint) for hint in hints(example))]
OURS = sorted({found[1] for example in BAD for hint in hints(example) if (found := _OURS.search(hint))})


def findings(example: Path, top: Path) -> dict[tuple[str, str], str]:
    """Judge the branch as it is now: hints by rule and path."""
    more = example / "options.txt"
    options = more.read_text("utf-8").split() if more.is_file() else []
    said = shown.check(str(top), "--base", "main", "--head", "change", "--format", "json", *options).said
    return {(one["rule"], one["path"]): one["hint"] for one in json.loads(said)["findings"]}


@pytest.mark.parametrize("example", SHELL, ids=shown.name)
def test_what_is_to_be_typed_in_a_shell_ends_the_finding(example: Path, tmp_path: Path) -> None:
    top = tmp_path / "repository"
    shown.by_git(example, top)
    typed = {of: found[1] for of, hint in findings(example, top).items() if (found := _SHELL.search(hint))}
    commands = "\n".join(
        ["set -e", "git reset --quiet --hard", *dict.fromkeys(typed.values()), "git add --update"]
    )
    done = subprocess.run(["sh", "-c", commands], cwd=top, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), commands
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    commit = ["git", *who, "commit", "--quiet", "--allow-empty", "--message", "Mend it"]
    subprocess.run(commit, cwd=top, check=True)
    assert typed
    assert findings(example, top).keys() & typed.keys() == set()


@pytest.mark.parametrize("line", OURS)
def test_what_modelry_is_to_be_told_is_a_command_of_modelry(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ARTIFACT", "FILE"):
        (tmp_path / name).write_text("bytes", "utf-8")
    name, *args = line.replace("…", "because").split()
    with click.Context(group) as context:
        command = group.get_command(context, name)
        assert command is not None
        assert command.make_context(name, args, parent=context).params
