"""The workflow `audit`, run by act on an emulated GitHub: one issue of each kind, closed when nothing is left."""

import builders
from emulator import Forge
from modelry.git import Repository
from modelry.storage import folders
from workflows.runner import Runner

WAIVER = "registry/models/churn/waivers/old.yaml"


def test_what_is_found_becomes_one_issue_of_its_kind_and_is_closed_when_it_is_gone(
    equipped: Repository, runner: Runner, forge: Forge
) -> None:
    runner.on(forge)
    old = builders.a_document("waiver", version=None, stage=None, expires="2026-01-01")
    folders.write({WAIVER: builders.text("waiver", old)}, equipped.top)
    equipped.run("add", "--all")
    equipped.run("commit", "--quiet", "--message", "Waive something, once")
    equipped.run("push", "--quiet", "origin", "main")
    done = runner.run("schedule", "audit", equipped.commit("main"), {})
    assert done.code == 0
    found = {issue["labels"][0]["name"]: issue for issue in forge.call("GET", "/issues")}
    assert set(found) == {"audit-check", "audit-due", "audit-settings"}
    issue = found["audit-due"]
    assert issue["title"] == "Assignments and waivers are overdue"
    assert "\n    " in issue["body"]
    assert "old" in issue["body"]
    assert "```" not in issue["body"]

    equipped.run("rm", "--quiet", WAIVER)
    equipped.run("commit", "--quiet", "--message", "It is over")
    equipped.run("push", "--quiet", "origin", "main")
    assert runner.run("schedule", "audit", equipped.commit("main"), {}).code == 0
    left = [issue["labels"][0]["name"] for issue in forge.call("GET", "/issues")]
    assert left == ["audit-settings"]
    assert forge.call("GET", f"/issues/{issue['number']}")["state"] == "closed"


def test_who_could_not_look_has_found_nothing_and_says_so(
    equipped: Repository, runner: Runner, forge: Forge
) -> None:
    runner.on(forge)
    gone = builders.a_policy(remotes={"gone": {"url": "http://127.0.0.1:9/dvc"}})
    folders.write(gone, equipped.top)
    equipped.run("commit", "--quiet", "--all", "--message", "Lose the remote")
    equipped.run("push", "--quiet", "origin", "main")
    done = runner.run("schedule", "audit", equipped.commit("main"), {}, only="kind:check")
    assert (done.code, forge.call("GET", "/issues")) == (1, [])
    assert "could not look" in done.log
