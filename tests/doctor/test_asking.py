"""The forge is asked for its settings: by modelry or by gh the same, read only, and what it does not say is not believed to be well."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from doctor import forge, shown
from doctor.forge import Forge
from doctor.test_treatment import by_gh
from modelry.cli import group
from modelry.errors import Exit

GUIDE = shown.HOME.parents[1] / "site/docs/how-to/doctor.md"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A sound registry, whose settings are not beside it."""
    found = shown.lay(Path("nothing"), tmp_path / "top")
    (found / shown.SETTINGS).unlink()
    return found


@pytest.fixture
def github(top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    """A forge with sound settings, which the environment and the registry's policy name."""
    dump = json.loads((shown.SOUND / shown.SETTINGS).read_text("utf-8"))
    with forge.serving(dump, tmp_path) as served:
        policy = top / "registry/registry.yaml"
        policy.write_text(policy.read_text("utf-8").replace("https://github.com", served.url))
        monkeypatch.setenv("GITHUB_API_URL", served.url)
        monkeypatch.setenv("GH_TOKEN", "token-of-a-test")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield served


def run(top: Path, *args: str) -> Result:
    return CliRunner().invoke(group, ["doctor", "--registry", str(top), *args], catch_exceptions=False)


def test_sound_settings_are_asked_for_and_nothing_is_written(top: Path, github: Forge) -> None:
    result = run(top, "--ask")

    assert (result.exit_code, result.stdout) == (Exit.DONE, "passes\n")
    assert {method for method, _ in github.asked} == {"GET"}
    assert github.tokens == {"Bearer token-of-a-test"}


def test_a_weakened_setting_is_found_by_asking(top: Path, github: Forge) -> None:
    github.answers["actions/permissions/workflow"]["can_approve_pull_request_reviews"] = True

    result = run(top, "--ask", "--format", "github")

    assert result.exit_code == Exit.FINDINGS
    assert re.sub(r"line=\d+", "line=N", result.stdout) == (
        "::error file=settings.json,line=N,col=43,title=token-too-strong::a job may approve a pull request"
        "%0Amodelry doctor --fix prints the call\nfails (1 error)\n"
    )


def test_a_dump_says_what_asking_finds_and_gh_makes_the_same(
    top: Path, github: Forge, tmp_path: Path
) -> None:
    ours = json.loads(run(top, "--dump").stdout)
    lines = next(block for block in shell(GUIDE) if block.startswith("R=acme/models"))
    by_hand = by_gh(lines.replace("> settings.json", ""), github, tmp_path)

    def told(dump: dict[str, Any]) -> dict[str, Any]:
        # Of an error, gh's own words stay in; what counts is which one it is.
        return {
            endpoint: answer["status"] if isinstance(answer, dict) and "message" in answer else answer
            for endpoint, answer in dump["answers"].items()
        }

    assert told(json.loads(by_hand)) == told(ours)
    (tmp_path / "settings.json").write_text(by_hand, "utf-8")
    result = run(top, "--settings", str(tmp_path / "settings.json"))
    assert (result.exit_code, result.stdout) == (Exit.DONE, "passes\n")


def test_what_the_forge_does_not_say_is_named_and_is_not_sound(top: Path, github: Forge) -> None:
    refused = {"message": "Resource not accessible by integration", "status": "403"}
    github.answers["actions/permissions/workflow"] = refused
    for number in (1, 2):
        del github.answers[f"rulesets/{number}"]["bypass_actors"]

    result = run(top, "--ask")

    assert result.exit_code == Exit.FAILED
    assert result.stdout == (
        "skipped[ruleset-bypassed]: could not look: who may go around registry-main is told to those only who may change it\n\n"
        "skipped[token-too-strong]: could not look: actions/permissions/workflow: 403 Resource not accessible by integration\n\n"
        "passes\n"
    )


def test_a_404_is_believed_of_an_administrator_only(top: Path, github: Forge) -> None:
    github.answers["repository"]["permissions"]["admin"] = False
    github.answers["immutable-releases"] = forge.NOT_FOUND

    assert run(top, "--ask").exit_code == Exit.FAILED
    github.answers["repository"]["permissions"]["admin"] = True
    assert run(top, "--ask").exit_code == Exit.FINDINGS


def test_an_error_that_passes_is_waited_for(top: Path, github: Forge, waits: list[float]) -> None:
    github.broken = [502, 429, 503]

    assert run(top, "--ask").exit_code == Exit.DONE
    assert waits[:3] == [0.625, 1.25, 2.5]


def test_a_forge_that_does_not_answer_is_no_verdict(top: Path, github: Forge, waits: list[float]) -> None:
    github.broken = [500] * 9

    result = run(top, "--ask")

    assert (result.exit_code, result.stdout) == (Exit.FAILED, "")
    assert result.stderr == (
        f"error: could not look: {github.url}/repos/acme/models: HTTP 500 (4 attempts)\n hint: try again later\n"
    )
    assert len(waits) == 3


def test_a_token_is_sent_nowhere_that_a_policy_names(
    top: Path, github: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "https://api.github.com")

    result = run(top, "--ask")

    assert (result.exit_code, github.asked) == (Exit.USAGE, [])
    assert f"{github.url}/acme/models is no repository on api.github.com" in result.stderr


def test_a_token_is_not_sent_in_the_clear(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = top / "registry/registry.yaml"
    policy.write_text(policy.read_text("utf-8").replace("https://github.com", "http://git.acme.example"))
    monkeypatch.setenv("GITHUB_API_URL", "http://git.acme.example/api/v3")

    assert "GITHUB_API_URL is no https" in run(top, "--ask").stderr


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[]", "is no dump of settings: it: Input should be a valid dictionary"),
        ('{"schema": "forge-settings/v2", "repository": "a/b", "answers": {}}', "schema: Input should be"),
        (
            '{"schema": "forge-settings/v1", "repository": "a; rm -rf", "answers": {}}',
            "repository: String should",
        ),
        ("{", "cannot be read: Expecting property name"),
        ("[" * 9999, "cannot be read: it is nested deeper than 64"),
    ],
)
def test_what_is_no_dump_is_no_verdict(top: Path, said: str, told: str) -> None:
    result = CliRunner().invoke(group, ["doctor", "--registry", str(top), "--settings", "-"], input=said)

    assert (result.exit_code, result.stdout) == (Exit.FAILED, "")
    assert told in result.stderr


def test_two_sources_of_settings_are_one_too_many(top: Path) -> None:
    assert run(top, "--ask", "--settings", "x.json").exit_code == Exit.USAGE
    assert run(top, "--fix", "--at", "HEAD").exit_code == Exit.USAGE


def test_offline_each_rule_on_settings_says_that_it_did_not_look(top: Path) -> None:
    result = run(top, "--json")
    told = json.loads(result.stdout)

    assert (result.exit_code, told["verdict"], told["findings"]) == (Exit.DONE, "passes", [])
    assert {skip["why"] for skip in told["skipped"]} == {
        "no settings of the forge: modelry doctor --ask, or modelry doctor --dump > FILE and then --settings FILE"
    }
    assert len(told["skipped"]) == 15


def shell(page: Path) -> list[str]:
    """Give the shell scripts of a page."""
    return re.findall(r"^```bash\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
