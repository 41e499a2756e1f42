"""The workflow `publish`, run by act: what has merged is published and put on record, and what went around is not."""

import json

from click.testing import CliRunner

import builders
from client.serving import Web, answer
from emulator import Forge
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.notifying import cursors
from modelry.storage import folders
from workflows import events
from workflows.events import pushed
from workflows.runner import Runner, pages


def test_what_has_merged_is_published_put_on_record_and_told(
    equipped: Repository, runner: Runner, forge: Forge, web: Web
) -> None:
    runner.on(forge)
    runner.secrets |= {"MODELRY_WEBHOOK_SECRET": "canary"}
    deployer = {"format": "cloudevents", "url": web.put("/hook", answer(status=204))}
    store = {"store": {"url": str(equipped.top.parent / "store")}}
    folders.write(builders.a_policy(remotes=store, webhooks={"deployer": deployer}), equipped.top)
    equipped.run("commit", "--quiet", "--all", "--message", "Tell the deployer")
    equipped.run("push", "--quiet", "origin", "main")
    cursors.move(equipped, "deployer", equipped.commit("main"), None)
    before = equipped.commit("main")
    events.commit(equipped, builders.a_version("churn", "1.3.0"))
    equipped.run("push", "--quiet", "origin", "change")
    forge.follow()
    forge.call("POST", "/pulls", {"title": "Register churn 1.3.0", "head": "change", "base": "main"})
    forge.approve(1, "bob")
    merged = forge.merge(1)
    equipped.run("pull", "--quiet", "origin", "main")
    with pages(runner) as url:
        done = runner.run("push", "publish", equipped.commit("main"), pushed(equipped, before))
        assert done.results == dict.fromkeys(
            ("build", "deploy", "smoke", "notify", "mirror", "record"), "success"
        )
        asked = CliRunner().invoke(group, ["resolve", "churn@1.3.0", "--registry", url])
        assert asked.exit_code == 0
    told = Repository(runner.origin)
    assert told.run("notes", "--ref=modelry", "list").split()[1::2] == [merged]
    (approver,) = json.loads(told.run("notes", "--ref=modelry", "show", merged))["predicate"]["approvers"]
    assert (approver["name"], approver["forge"]) == ("bob", "github")
    assert [title for _, _, _, title in done.annotations] == ["no pull request"] * 3
    assert "churn@v1.3.0" in told.run("tag", "--list").split()
    (body,) = web.bodies
    assert json.loads(body)["subject"] == "churn@1.3.0"
    assert told.commit("refs/modelry/notified/deployer") == merged


def test_what_went_around_the_check_is_not_published(equipped: Repository, runner: Runner) -> None:
    before = equipped.commit("main")
    record = equipped.top / layout.version("churn", "1.0.0")
    record.write_bytes(record.read_bytes() + b"# changed after all\n")
    equipped.run("commit", "--quiet", "--all", "--message", "Change what has merged")
    equipped.run("push", "--quiet", "origin", "main")
    done = runner.run("push", "publish", equipped.commit("main"), pushed(equipped, before))
    assert done.results["build"] == "failure"
    assert ("error", layout.version("churn", "1.0.0"), "1", "version-altered") in done.annotations
    assert not (runner.home / "pages").exists()
