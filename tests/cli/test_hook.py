"""`modelry hook pre-receive` on a real server over HTTP: who pushes to main is asked by the registry's rules."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import builders
from githost import Host, Hosted
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import documents, evidence, folders

MODELRY = Path(sys.executable).with_name("modelry")


@pytest.fixture
def hosted(git_host: Host, a_repo: Repository) -> Hosted:
    """A server that has `a_repo`'s main, where Bob approves what goes to staging; then its gate is closed."""
    made = git_host.repository(protected=False)
    policy = builders.a_policy(
        remotes={"store": {"url": str(a_repo.top.with_name("store"))}},
        stages=[
            {
                "name": "staging",
                "gates": [{"metric": "auc", "at_least": 0.8}],
                "approvals": {"from": ["@bob"]},
            },
            {"name": "production", "after": ["staging"]},
        ],
    )
    folders.write(policy, a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "Ask Bob")
    a_repo.run("remote", "set-url", "origin", made.url("ada"))
    a_repo.run("push", "--quiet", "origin", "main")
    made.git.run("config", "modelry.bob.email", "bob@acme.example")
    made.hook("pre-receive", f"#!/bin/sh\nexec {MODELRY} hook pre-receive\n")
    return made


def clone(hosted: Hosted, folder: Path, name: str) -> Repository:
    Repository(folder.parent).run("clone", "--quiet", hosted.url(name), str(folder))
    made = Repository(folder)
    made.run("config", "user.name", name.title())
    made.run("config", "user.email", f"{name}@acme.example")
    return made


def run(repository: Repository, *args: str) -> Result:
    line = [*args, "--registry", str(repository.top)]
    return CliRunner().invoke(group, line, catch_exceptions=False)


def registration(folder: Path) -> list[str]:
    """Give the arguments that register what a training run left behind."""
    example = builders.a_document("version")
    files = {
        "metrics": json.dumps({"auc": 0.93, "p99_ms": 3}),
        "data": json.dumps(example["training"]["data"]),
        "signature": json.dumps(example["signature"]),
        "card": builders.CARD,
    }
    for name, text in files.items():
        (folder / f"{name}.{'md' if name == 'card' else 'json'}").write_text(text, "utf-8")
    (folder / "model.onnx").write_bytes(b"weights of churn 1.3.0\n" * 100)
    facts = {
        "version": "1.3.0",
        "summary": "Trained again",
        "license": "Apache-2.0",
        "dataset": "customers@1",
        "code": f"https://git.example/churn@{'7' * 40}",
    }
    facts |= {name: str(next(folder.glob(f"{name}.*"))) for name in files}
    given = [part for name, value in facts.items() for part in (f"--{name}", value)]
    return ["register", "churn", str(folder / "model.onnx"), *given]


def pushed(repository: Repository, spec: str) -> str:
    """Push by plain git, and give what the pusher sees."""
    command = ["git", "-C", str(repository.top), "push", "--quiet", "origin", spec]
    told = subprocess.run(command, check=False, capture_output=True, text=True).stderr.splitlines()
    return "".join(
        f"{line.removeprefix('remote: ').rstrip()}\n" for line in told if line.startswith("remote: ")
    )


def test_a_version_goes_from_a_refused_push_to_a_stage_that_its_approver_gave_it(
    a_repo: Repository, hosted: Hosted, tmp_path: Path
) -> None:
    # What Ada registers is a branch, which the gate lets through.
    assert run(a_repo, *registration(tmp_path)).stdout == "register/churn/1.3.0\n"
    # She takes it to main with a promotion that nobody has approved: neither lands, and she reads why.
    began = hosted.git.commit("main")
    a_repo.run("merge", "--quiet", "--no-ff", "--no-edit", "register/churn/1.3.0")
    record = documents.registry(a_repo.tree("HEAD")).models["churn"].versions["1.3.0"].record.must
    stage = builders.an_assignment("churn", "1.3.0", previous="1.2.0", sha256=record.artifact.sha256)
    folders.write(stage, a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "Promote it as well")
    refused = a_repo.commit("HEAD")[:12]
    assert pushed(a_repo, "main") == (
        "new version: passes\n"
        f"{layout.stage('churn', 'staging')}:3:10: needs a person[approval-needed]: churn@1.3.0 to staging needs 1 approval "
        "from @bob, not its author\n"
        "  = ask them for a review\n"
        "promotion: needs a person (1 decision for a person)\n"
        f"error: main stays as it is: {refused} needs another's approval: churn@1.3.0 to staging needs 1 "
        "approval from @bob, not its author; 1 approval is asked for, but ada is none of @bob\n"
        " hint: let somebody who may approve it push it: modelry merge BRANCH --approve\n"
    )
    assert hosted.git.commit("main") == began
    # Mended, it lands: first the version, and its stage when Bob merges, whom the server knows.
    a_repo.run("reset", "--quiet", "--hard", "HEAD^")
    assert pushed(a_repo, "main") == "new version: passes\n"
    assert run(a_repo, "promote", "churn@1.3.0", "staging", "--reason", "better").exit_code == 0
    bob = clone(hosted, tmp_path / "bobs", "bob")
    merged = run(bob, "merge", "promote/churn/staging/1.3.0", "--approve")
    assert (merged.exit_code, merged.stdout) == (0, f"{hosted.git.commit('main')}\n")
    assert list(evidence.read(hosted.git)) == [hosted.git.commit("main")]
    assert run(bob, "show", "churn@staging", "--at", "origin/main").stdout.startswith("churn@1.3.0")
