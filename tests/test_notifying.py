"""Who is told what has reached main: signed, in order, at least once, and by ids that stay."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

import builders
from client.serving import Web, answer
from emulator import Forge
from modelry.cli import group
from modelry.errors import ConflictError
from modelry.git import Repository
from modelry.model import layout
from modelry.notifying import cursors
from modelry.reports import documents
from modelry.storage import folders

SECRET = "canary-of-a-webhook"  # noqa: S105 - of a receiver that lives as long as a test
TAKEN = answer(status=204)


@pytest.fixture(autouse=True)
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(a_repo.top)
    monkeypatch.setenv("MODELRY_WEBHOOK_SECRET", SECRET)


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def commit(repository: Repository, files: dict[str, bytes], message: str = "Change it") -> str:
    """Put files on main, and push it."""
    folders.write(files, repository.top)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", message)
    repository.run("push", "--quiet", "origin", "main")
    return repository.commit("HEAD")


def named(repository: Repository, **webhooks: dict[str, Any]) -> str:
    """Let main's policy name these receivers."""
    remotes = {"store": {"url": str(repository.top.parent / "store")}}
    return commit(repository, builders.a_policy(remotes=remotes, webhooks=webhooks), "Name receivers")


def promoted(repository: Repository, version: str = "1.1.0", stage: str = "staging") -> str:
    assigned = builders.an_assignment("churn", version, stage, previous="1.2.0", reason="It is <better>.")
    return commit(repository, assigned, f"Promote churn@{version} to {stage}")


def told(web: Web) -> list[dict[str, Any]]:
    return [json.loads(body) for body in web.bodies]


def kinds(web: Web) -> list[str]:
    return [f"{each['subject']} {each['type'].removeprefix('io.github.modelry.')}" for each in told(web)]


def test_a_promotion_is_posted_as_a_signed_cloud_event_once(a_repo: Repository, web: Web) -> None:
    named(a_repo, deployer={"format": "cloudevents", "url": web.put("/hook", TAKEN)})
    assert run("notify").stderr == "deployer: is told what comes from now on; for what was before: --since\n"
    moved = promoted(a_repo)
    assert (run("notify").stderr, run("notify").stderr) == ("deployer: 1 event\n", "deployer: 0 events\n")
    ((body, headers),) = zip(web.bodies, web.headers, strict=True)
    event = from_http_event(HTTPMessage({name.lower(): value for name, value in headers.items()}, body))
    assert (event.get_type(), event.get_source(), event.get_subject()) == (
        "io.github.modelry.stage.changed",
        "https://acme.github.io/models",
        "churn#staging",
    )
    sha256 = (
        builders.registry_of(builders.a_registry(versions=3)).models["churn"].versions["1.1.0"].record.must
    )
    assert event.get_data() == {
        "registry": "acme-models",
        "what": "promoted",
        "model": "churn",
        "version": "1.1.0",
        "stage": "staging",
        "previous": "1.2.0",
        "name": None,
        "reason": "It is <better>.",
        "commit": moved,
        "when": a_repo.run("log", "-1", "--format=%cI").strip(),
        "subject": "Promote churn@1.1.0 to staging",
        "proposed_by": ["Ada Test <ada@example.org>"],
        "merged_by": None,
        "approved_by": None,
        "told_by": None,
        "pull_request": None,
        "sha256": sha256.artifact.sha256,
        "uri": f"modelry://acme.github.io/models/churn@1.1.0?sha256={sha256.artifact.sha256}",
        "page": "https://acme.github.io/models/models/churn/1.1.0/",
    }
    Draft202012Validator(documents.of("event")).validate(json.loads(body))


def test_a_receiver_can_tell_who_sent_it(a_repo: Repository, web: Web) -> None:
    named(a_repo, deployer={"format": "cloudevents", "url": web.put("/hook", TAKEN)})
    run("notify")
    promoted(a_repo)
    run("notify")
    (body,), (headers,) = web.bodies, web.headers
    sent = {name.lower(): value for name, value in headers.items()}
    assert Webhook(SECRET.encode()).verify(body, sent) == json.loads(body)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET.encode()).verify(body.replace(b"1.1.0", b"6.6.6"), sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(b"another").verify(body, sent)


def test_everything_that_can_happen_is_told_in_the_order_of_main(a_repo: Repository, web: Web) -> None:
    before = a_repo.commit("HEAD")
    commit(a_repo, {**builders.a_model("fraud", ["0.1.0"]), **builders.a_yank("churn", "1.1.0")})
    commit(a_repo, builders.a_version("fraud", "0.2.0"))
    promoted(a_repo, "1.1.0")
    (a_repo.top / layout.version("churn", "1.1.0", "yanked.yaml")).unlink()
    commit(a_repo, {layout.version("churn", "1.0.0", "evaluations/late.yaml"): b"nothing: readable\n"})
    result = run("notify", "--since", before, "--to", web.put("/hook", TAKEN))
    assert (result.exit_code, result.stderr) == (0, f"{web.url}/hook: 7 events\n")
    assert kinds(web) == [
        "fraud model.registered",
        "fraud@0.1.0 version.registered",
        "churn@1.1.0 version.yanked",
        "fraud@0.2.0 version.registered",
        "churn#staging stage.changed",
        "churn@1.0.0 evaluation.added",
        "churn@1.1.0 version.unyanked",
    ]
    ids = [each["id"] for each in told(web)]
    assert len(set(ids)) == len(ids)
    run("notify", "--since", before, "--to", f"{web.url}/hook")
    assert web.bodies[:7] == web.bodies[7:], "told again, it is the same to the byte"


def test_a_webhook_gets_what_it_asked_for(a_repo: Repository, web: Web) -> None:
    url = web.put("/hook", TAKEN)
    asked = {"format": "cloudevents", "url": url, "events": ["stage.changed", "version.registered"]}
    named(a_repo, risk={**asked, "stages": ["production"], "models": ["churn"]})
    run("notify")
    promoted(a_repo)
    commit(a_repo, builders.a_model("fraud", ["0.1.0"]))
    commit(a_repo, builders.an_assignment("churn", "1.2.0", "production", previous="1.0.0"))
    assert run("notify").stderr == "risk: 1 event\n"
    assert kinds(web) == ["churn#production stage.changed"]


def test_what_was_not_taken_is_told_by_the_next_run_and_keeps_nobody_else_from_it(
    a_repo: Repository, web: Web, waits: list[float]
) -> None:
    busy = answer(status=503, Retry_After="3")
    down = web.put("/down", TAKEN, *[busy] * 4, TAKEN)
    named(
        a_repo,
        down={"format": "cloudevents", "url": down},
        up={"format": "cloudevents", "url": web.put("/up", TAKEN)},
    )
    run("notify")
    promoted(a_repo)
    promoted(a_repo, "1.0.0")
    result = run("notify")
    assert (result.exit_code, result.stderr) == (
        1,
        (
            "down: 1 taken, stage.changed of churn#staging failed: "
            f"{web.url}/down: HTTP 503 Service Unavailable (4 attempts)\nup: 2 events\n"
        ),
    )
    assert waits == [3 * 1.25] * 3
    web.bodies.clear()
    assert run("notify").stderr == "down: 1 event\nup: 0 events\n"
    assert [each["data"]["version"] for each in told(web)] == ["1.0.0"]


@pytest.mark.parametrize(("status", "told"), [(302, "Found"), (401, "Unauthorized")])
def test_a_redirect_and_a_refusal_are_errors_at_once(
    a_repo: Repository, web: Web, status: int, told: str
) -> None:
    before = a_repo.commit("HEAD")
    promoted(a_repo)
    url = web.put("/hook", answer(status=status, Location=web.put("/elsewhere", TAKEN)))
    result = run("notify", "--since", before, "--to", url)
    assert result.exit_code == 1
    assert f"failed: {url}: HTTP {status} {told}\n" in result.stderr
    assert web.asked == ["/hook"]


def test_nothing_is_sent_unsigned(a_repo: Repository, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    named(a_repo, **{"the-one": {"format": "cloudevents", "url": web.put("/hook", TAKEN)}})
    monkeypatch.delenv("MODELRY_WEBHOOK_SECRET")
    result = run("notify", "--since", promoted(a_repo) + "^")
    assert (result.exit_code, web.bodies) == (2, [])
    assert (
        "failed: MODELRY_WEBHOOK_SECRET_THE_ONE is empty: unsigned, anybody could say it\n" in result.stderr
    )


def test_a_secret_of_ones_own_goes_before_that_of_all(
    a_repo: Repository, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(a_repo, **{"the-one": {"format": "cloudevents", "url": web.put("/hook", TAKEN)}})
    monkeypatch.setenv("MODELRY_WEBHOOK_SECRET_THE_ONE", "whsec_b3du")
    assert run("notify", "--since", promoted(a_repo) + "^").exit_code == 0
    sent = {name.lower(): value for name, value in web.headers[0].items()}
    assert Webhook("whsec_b3du").verify(web.bodies[0], sent)
    assert Webhook(b"own").verify(web.bodies[0], sent)


def test_a_chat_gets_a_line_in_which_nothing_is_markup(
    a_repo: Repository, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(a_repo, growth={"format": "slack"})
    before = a_repo.commit("HEAD")
    promoted(a_repo)
    commit(a_repo, builders.a_model("fraud", ["0.1.0"]))
    monkeypatch.setenv("MODELRY_SLACK_URL", web.put("/T0/B0/secret", TAKEN))
    assert run("notify", "growth", "--since", before).stderr == "growth: 3 events\n"
    home = "https://acme.github.io/models/models"
    assert [each["text"] for each in told(web)] == [
        f"<{home}/churn/1.1.0/|churn staging: 1.1.0, was 1.2.0 (promoted)>: It is &lt;better&gt;. — Ada Test",
        f"<{home}/fraud/0.1.0/|fraud is a model now> — Ada Test",
        f"<{home}/fraud/0.1.0/|fraud@0.1.0: version.registered>: Trained on the first quarter as well. — Ada Test",
    ]
    web.put("/T0/B0/secret", answer(status=404))
    failed = run("notify", "--since", before)
    assert failed.exit_code == 1
    assert "secret" not in failed.output


def test_a_chat_without_an_address_is_told_nothing(a_repo: Repository) -> None:
    named(a_repo, growth={"format": "slack"})
    result = run("notify", "--since", promoted(a_repo) + "^")
    assert (result.exit_code, result.stderr) == (
        2,
        (
            "growth: 0 taken, stage.changed of churn#staging failed: MODELRY_SLACK_URL_GROWTH is empty\n"
            " hint: set it to the address of the chat's webhook\n"
        ),
    )


def test_workflows_of_another_repository_begin_by_it(
    a_repo: Repository, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"{forge.hub.url}/acme/deployments"
    named(a_repo, gitops={"format": "repository_dispatch", "repository": page})
    monkeypatch.setenv("MODELRY_DISPATCH_TOKEN", "ci-token")
    path = "POST /repos/acme/deployments/dispatches"
    forge.hub.faults += [(path, answer(status=502)), (path, TAKEN)]
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert run("notify", "--since", promoted(a_repo) + "^").stderr == "gitops: 1 event\n"
    first, asked = forge.hub.asked
    assert (asked.method, asked.path) == ("POST", "/repos/acme/deployments/dispatches")
    assert asked.headers["Authorization"] == "token ci-token"
    assert asked.body["event_type"] == "modelry.stage.changed"
    assert asked.body["client_payload"]["subject"] == "churn#staging"
    assert len(asked.body["client_payload"]) <= 10, "GitHub takes no more"
    assert first.body == asked.body


def test_a_dry_run_prints_what_would_be_sent_and_remembers_nothing(a_repo: Repository, web: Web) -> None:
    named(a_repo, deployer={"format": "cloudevents", "url": web.put("/hook", TAKEN)})
    before = a_repo.commit("HEAD")
    promoted(a_repo)
    result = run("notify", "--since", before, "--dry-run")
    (line,) = result.stdout.splitlines()
    assert (json.loads(line)["subject"], result.stderr) == (
        "churn#staging",
        "deployer: 1 event would be sent\n",
    )
    assert run("notify", "--dry-run").stderr.startswith("deployer: is told what comes from now on")
    assert (web.bodies, cursors.read(a_repo)) == ([], {})


def test_who_names_nobody_tells_nobody() -> None:
    assert (run("notify").exit_code, run("notify").output) == (0, "")
    refused = run("notify", "nobody")
    assert (refused.exit_code, refused.stderr) == (
        5,
        "error: there is no webhook nobody\n hint: registry.yaml names none\n",
    )
    assert run("notify", "--to", "http://127.0.0.1/").exit_code == 2


def test_two_who_tell_at_once_do_not_forget_what_the_other_told(a_repo: Repository) -> None:
    first, second = a_repo.commit("HEAD"), promoted(a_repo)
    cursors.move(a_repo, "deployer", first, None)
    cursors.move(a_repo, "deployer", second, first)
    with pytest.raises(ConflictError, match="deployer was told by somebody else meanwhile"):
        cursors.move(a_repo, "deployer", promoted(a_repo, "1.0.0"), first)
    assert cursors.read(a_repo) == {"deployer": second}


def test_without_origin_the_repository_itself_remembers(a_repo: Repository, web: Web) -> None:
    named(a_repo, deployer={"format": "cloudevents", "url": web.put("/hook", TAKEN)})
    a_repo.run("remote", "remove", "origin")
    assert run("notify").exit_code == 0
    assert cursors.read(a_repo) == {"deployer": a_repo.commit("HEAD")}
