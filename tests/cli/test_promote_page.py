"""The page on promoting: its commands, run in their order in a clone with a bare origin, do what it says."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.storage import folders

PAGE = Path(__file__).parents[2] / "site/docs/how-to/promote.md"


def lines() -> list[tuple[list[str], int]]:
    """Give the page's commands, and by which code each ends."""
    text = PAGE.read_text("utf-8")
    told = [
        line
        for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]
    parts = [line.partition("# exit ") for line in told]
    return [(shlex.split(command)[1:], int(code or 0)) for command, _, code in parts]


def begin(repository: Repository, store: Path) -> None:
    """Let main be what the page takes for granted: two more versions of churn, and two more models."""
    gates = [{"metric": "auc", "at_least": 0.95}]
    stages = [
        {"name": "staging", "expires_after": "26w"},
        {"name": "production", "after": ["staging"], "gates": gates},
    ]
    files = {
        **builders.a_policy(remotes={"store": {"url": str(store)}}, stages=stages),
        **builders.a_version("churn", "1.0.1"),
        **builders.a_version("churn", "1.3.0"),
        **builders.a_model("fraud", ["2.0.0"]),
        **builders.a_model("household"),
    }
    folders.write(builders.store(files), store)
    folders.write(files, repository.top)
    (repository.top / "fairness.json").write_text(
        json.dumps({"dataset": {"name": "panel", "version": "1"}, "metrics": {"auc": 0.9}}), "utf-8"
    )
    for command in (("add", "--all"), ("commit", "--quiet", "--message", "Go on"), ("push", "--quiet")):
        repository.run(*command)


def test_the_commands_of_the_page_do_what_it_says(
    a_repo: Repository, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(a_repo, store)
    monkeypatch.chdir(a_repo.top)
    said = []
    for args, code in lines():
        result = CliRunner().invoke(group, args, catch_exceptions=False)
        assert (args, result.exit_code, result.stderr if result.exit_code != code else "") == (args, code, "")
        said.append(result.stdout)
    shown = re.findall(r"^```text\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert [block for block in shown if not any(block in text for text in said)] == []


def test_the_page_shows_every_command_that_proposes_a_change_of_what_is_there() -> None:
    shown = {args[0] for args, _ in lines()}
    assert shown == {"promote", "merge", "rollback", "yank", "unyank", "deprecate", "evaluate", "waive"}
