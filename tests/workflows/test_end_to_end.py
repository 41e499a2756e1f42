"""The whole way, as a team walks it: an empty folder becomes a registry on GitHub, and a model reaches production.

GitHub is act for the workflows, and the emulator for pull requests, reviews, checks, protection and merges.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import builders
from emulator import Forge
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from workflows.events import opened, pushed
from workflows.runner import Run, Runner, pages

WEIGHTS = b"what the training gave\n" * 100
RECORD = layout.version("churn", "1.0.0")
PROTECTED = {
    "required_status_checks": {"strict": False, "contexts": ["registry"]},
    "enforce_admins": True,
    "required_pull_request_reviews": {"required_approving_review_count": 1},
    "restrictions": None,
}


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


@dataclass
class Team:
    """A clone, the forge that it pushes to, and the runner that works for it."""

    clone: Repository
    forge: Forge
    runner: Runner

    def checked(self, number: int, branch: str) -> Run:
        """Let the workflow `check` run for a pull request, and tell the forge how it ended, as GitHub does."""
        self.clone.run("fetch", "--quiet", "origin")
        self.clone.run("branch", "--quiet", "--force", branch, f"origin/{branch}")
        request = opened(self.clone, self.forge, branch, number)
        done = self.runner.run("pull_request", "check", request.merge, request.payload)
        ended = {"name": "registry", "head_sha": self.clone.commit(branch), "status": "completed"}
        self.forge.call("POST", "/check-runs", {**ended, "conclusion": done.results["registry"]}, "ci")
        return done

    def merge(self, number: int) -> str:
        """Merge a pull request as bob, and come to what main is then."""
        commit = self.forge.merge(number)
        self.clone.run("pull", "--quiet", "origin", "main")
        return commit

    def publish(self, before: str) -> Run:
        """Let the workflow `publish` run for what main is now."""
        return self.runner.run("push", "publish", self.clone.commit("main"), pushed(self.clone, before))


@pytest.fixture
def site(runner: Runner) -> Iterator[str]:
    with pages(runner) as url:
        yield url


@pytest.fixture
def team(tmp_path: Path, forge: Forge, runner: Runner, site: str, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A new registry, as `modelry init` writes it, pushed to a protected main."""
    top = tmp_path / "models"
    made = run(
        *(
            "init",
            str(top),
            "--forge",
            "github",
            "--repository",
            forge.url,
            "--url",
            site,
            "--owner",
            "@acme/ml",
        )
    )
    assert made.exit_code == 0, made.output
    policy = top / layout.POLICY
    straight = policy.read_text("utf-8").replace("    after:\n      - staging\n", "")
    policy.write_text(straight, "utf-8")  # the team's own choice: nothing is tried in staging first
    clone = Repository(top)
    for command in (
        ("init", "--quiet"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "Begin the registry"),
        ("remote", "add", "origin", f"{forge.url}.git"),
        ("config", f"url.{forge.git.path}.insteadOf", f"{forge.url}.git"),
        ("push", "--quiet", "--set-upstream", "origin", "main"),
        ("remote", "set-head", "origin", "main"),
    ):
        clone.run(*command)
    forge.follow()
    forge.call("PUT", "/branches/main/protection", PROTECTED)
    runner.on(forge)
    runner.variables["MODELRY_APP"] = "Iv23example"
    runner.secrets["MODELRY_APP_KEY"] = "ci-token"
    monkeypatch.chdir(top)
    return Team(clone, forge, runner)


def register(folder: Path) -> Result:
    """Register churn 1.0.0, as somebody who trained it."""
    example = builders.a_document("version")
    facts = {
        "summary": "The first that is worth it",
        "license": "Apache-2.0",
        "evaluations": [{"dataset": {"name": "held-out", "version": "1"}, "metrics": {"accuracy": 0.9}}],
        "training": {**example["training"], "data": []},
        "signature": example["signature"],
    }
    (folder / "model.onnx").write_bytes(WEIGHTS)
    (folder / "facts.json").write_text(json.dumps(facts), "utf-8")
    (folder / "card.md").write_text(builders.CARD.format(label="churn 1.0.0"), "utf-8")
    return run(
        *("register", "churn", str(folder / "model.onnx"), "--version", "1.0.0", "--format", "onnx"),
        *("--facts", str(folder / "facts.json"), "--card", str(folder / "card.md")),
        *("--title", "Customer churn", "--purpose", "Who is about to leave", "--owner", "@acme/churn"),
        *("--task", "tabular-classification"),
    )


def test_from_an_empty_folder_to_a_model_in_production(team: Team, tmp_path: Path, site: str) -> None:
    clone, forge = team.clone, team.forge
    began = clone.commit("main")

    # A version is registered, and then somebody breaks its record by hand: red, with the line and what to do.
    registered = register(tmp_path)
    assert (registered.exit_code, registered.stdout) == (0, f"{forge.url}/pull/1\n"), registered.output
    good = clone.commit("register/churn/1.0.0")
    clone.run("switch", "--quiet", "register/churn/1.0.0")
    record = clone.top / RECORD
    whole = record.read_text("utf-8")
    record.write_text(whole.replace("license: Apache-2.0", "license: Apache 2"), "utf-8")
    clone.run("commit", "--quiet", "--all", "--message", "Say it shorter")
    clone.run("push", "--quiet", "origin", "HEAD")
    clone.run("switch", "--quiet", "main")
    red = team.checked(1, "register/churn/1.0.0")
    line = whole.splitlines().index("license: Apache-2.0") + 1
    assert red.annotations == [("error", RECORD, str(line), "invalid-document")]
    (comment,) = forge.call("GET", "/issues/1/comments")
    assert "❌ fails" in comment["body"]
    with pytest.raises(RuntimeError, match="status check"):
        team.merge(1)

    # Taken back, it is green, and the comment is the same one. It is merged only when somebody has approved. (The
    # emulator merges what a request was opened with; a commit that mends would be lost there.)
    clone.run("push", "--quiet", "--force", "origin", f"{good}:refs/heads/register/churn/1.0.0")
    assert team.checked(1, "register/churn/1.0.0").results["registry"] == "success"
    (edited,) = forge.call("GET", "/issues/1/comments")
    assert (edited["id"], "✅ passes" in edited["body"]) == (comment["id"], True)
    with pytest.raises(RuntimeError, match="approv"):
        team.merge(1)
    forge.approve(1, "bob")
    merged = team.merge(1)

    # What has merged is published, and the bytes come from there.
    assert set(team.publish(began).results.values()) == {"success"}
    assert pulled(site, "churn@1.0.0", tmp_path / "first") == WEIGHTS

    # Production: proposed from a button; the check waits for a person, and is green when one has approved.
    inputs = {"model": "churn", "version": "1.0.0", "stage": "production", "reason": "well tried"}
    button = team.runner.run("workflow_dispatch", "promote", merged, {"inputs": inputs})
    assert button.results == {"propose": "success"}, button.log
    branch = "promote/churn/production/1.0.0"
    waits = team.checked(2, branch)
    assert (waits.results["registry"], waits.annotations[0][0]) == ("failure", "warning")
    forge.approve(2, "bob")
    assert team.checked(2, branch).results["registry"] == "success"
    team.merge(2)
    told = run("list", "--stage", "production", "--json").stdout
    assert "bob" in told


def pulled(site: str, reference: str, folder: Path) -> bytes:
    """Pull what a reference means from the published site."""
    result = run("pull", reference, f"{folder}/", "--registry", site)
    assert result.exit_code == 0, result.output
    (file,) = [path for path in folder.rglob("*") if path.is_file()]
    return file.read_bytes()
