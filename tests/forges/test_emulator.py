"""The emulated GitHub that other tests stand on does what they need of it."""

import json
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from emulator import Forge
from modelry.git import Repository

PROTECTED = {
    "required_status_checks": {"strict": False, "contexts": ["registry"]},
    "enforce_admins": True,
    "required_pull_request_reviews": {"required_approving_review_count": 1},
    "restrictions": None,
}


def ask(url: str, method: str = "GET", body: object = None) -> object:
    data = json.dumps(body).encode() if body is not None else None
    request = Request(url, data, {"Authorization": "token ada-token"}, method=method)
    with build_opener(ProxyHandler({})).open(request) as response:
        return json.load(response)


def test_what_is_pushed_is_there_under_the_same_id_and_a_merge_that_is_allowed_moves_main(
    a_repo: Repository, forge: Forge
) -> None:
    (a_repo.top / "README.md").write_text("Models\n", "utf-8")
    a_repo.run("switch", "--quiet", "--create", "words")
    a_repo.run("add", "README.md")
    a_repo.run("commit", "--quiet", "--message", "Say what this is")
    a_repo.run("push", "--quiet", "origin", "words")
    api = f"{forge.hub.url}/api/v3/repos/{forge.name}"
    asked = {"title": "Say it", "head": "words", "base": "main"}
    opened = ask(f"{api}/pulls", "POST", asked)
    assert isinstance(opened, dict)
    assert opened["head"]["sha"] == a_repo.commit("words")
    assert opened["html_url"] == f"{forge.url}/pull/1"
    forge.call("PUT", "/branches/main/protection", PROTECTED)
    with pytest.raises(RuntimeError, match="Required status checks have not succeeded"):
        forge.call("PUT", "/pulls/1/merge", {})
    done = {"name": "registry", "status": "completed", "conclusion": "success"}
    forge.call("POST", "/check-runs", {**done, "head_sha": a_repo.commit("words")})
    with pytest.raises(RuntimeError, match="Required approving review count not met"):
        forge.call("PUT", "/pulls/1/merge", {})
    forge.approve(1, "bob")
    merged = ask(f"{api}/pulls/1/merge", "PUT", {"merge_method": "squash"})
    assert isinstance(merged, dict)
    a_repo.run("fetch", "--quiet", "origin")
    assert a_repo.commit("origin/main") == merged["sha"]
    found = ask(f"{api}/commits/{merged['sha']}/pulls")
    assert isinstance(found, list)
    assert [(one["number"], one["merge_commit_sha"]) for one in found] == [(1, merged["sha"])]
    path = f"/api/v3/repos/{forge.name}"
    assert forge.hub.requests() == [
        ("POST", f"{path}/pulls", asked),
        ("PUT", f"{path}/pulls/1/merge", {"merge_method": "squash"}),
        ("GET", f"{path}/commits/{merged['sha']}/pulls", None),
    ]
