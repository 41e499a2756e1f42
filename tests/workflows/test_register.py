"""The workflow `register`, run by act: what a stranger wrote reaches one program, as data, and is answered."""

import sys
from pathlib import Path

import pytest

import builders
from cli.test_register_source import DATA, URL, an_issue
from emulator import Forge
from modelry.git import Repository
from modelry.storage import folders
from public import HOST, Public, authority
from workflows.runner import Run, Runner

HOSTILE = "### Model\n\n\"; touch pwned; $(touch pwned) `touch pwned` ${{ github.token }} '\n::error::no\n@everybody\n"


_TOOL = """\
#!{python}
# The tests' own modelry, to which the public web is a server on loopback.
import ssl
from modelry.cli import main
from modelry.storage import guard

guard.NETWORK = guard.Network(
    lambda host, port: [("127.0.0.1", {port})],
    lambda ip: ip == "127.0.0.1",
    lambda: ssl.create_default_context(cafile="{authority}"),
)
main()
"""


def asked(runner: Runner, forge: Forge, commit: str, body: str) -> Run:
    """Run the workflow for an issue that somebody opened by the form."""
    runner.on(forge)
    issue = forge.call("POST", "/issues", {"title": "Register: churn", "labels": ["register"]})
    told = {
        "number": issue["number"],
        "body": body,
        "state": "open",
        "labels": [{"name": "register"}],
        "user": {"login": "mallory", "id": 1234},
    }
    return runner.run("issues", "register", commit, {"action": "opened", "issue": told})


@pytest.fixture
def seen(equipped: Repository, runner: Runner, forge: Forge) -> Run:
    """What came of an issue that nobody should have believed."""
    return asked(runner, forge, equipped.commit("main"), HOSTILE)


def test_what_a_stranger_wrote_is_data_and_a_refusal_is_answered_in_the_issue(
    seen: Run, runner: Runner, forge: Forge
) -> None:
    assert seen.results == {"propose": "failure"}
    assert not list(runner.home.rglob("pwned"))
    (comment,) = forge.call("GET", "/issues/1/comments")
    assert comment["body"].partition("\n")[2].splitlines() == [
        "It is not proposed. Edit the issue, and it is tried again:",
        "",
        "    error: the issue has no section 'Version' where the form has it",
        "     hint: fill the form in again; do not take its headings out",
    ]
    assert Repository(runner.origin).run("branch", "--list", "register/*") == ""


def test_an_issue_without_the_label_starts_nothing(equipped: Repository, runner: Runner) -> None:
    issue = {
        "number": 1,
        "body": HOSTILE,
        "state": "open",
        "labels": [],
        "user": {"login": "mallory", "id": 1},
    }
    done = runner.run("issues", "register", equipped.commit("main"), {"action": "opened", "issue": issue})
    assert (done.code, done.results) == (0, {})


def test_a_form_that_is_filled_in_becomes_a_branch_of_whoever_asked(
    equipped: Repository, runner: Runner, forge: Forge, public: Public, tmp_path: Path
) -> None:
    folders.write(builders.a_policy(sources={"hosts": [HOST], "artifact_size": 100_000}), equipped.top)
    equipped.run("commit", "--quiet", "--all", "--message", "Allow public sources")
    equipped.run("push", "--quiet", "origin", "main")
    public.put(URL.removeprefix(f"https://{HOST}"), DATA)
    (tmp_path / "authority.pem").write_bytes(authority()[0])
    tool = runner.python / "modelry"
    tool.unlink()
    tool.write_text(
        _TOOL.format(python=sys.executable, port=public.port, authority=tmp_path / "authority.pem")
    )
    tool.chmod(0o755)
    body = Path(an_issue(tmp_path / "issue.md")).read_text("utf-8")
    done = asked(runner, forge, equipped.commit("main"), body)
    assert done.results == {"propose": "success"}
    (comment,) = forge.call("GET", "/issues/1/comments")
    assert "It is proposed:" in comment["body"]
    shown = Repository(runner.origin).run("log", "-1", "--format=%an <%ae>%n%s", "register/fraud/2.0.0")
    assert shown.splitlines() == [
        "mallory <1234+mallory@users.noreply.github.com>",
        "Register fraud 2.0.0",
    ]
