"""The policies and waivers of main's line, each as the commit that brought it left it, and what the moment has of them."""

import builders
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import events, moments, standards
from storage.test_events import land


def test_each_policy_and_waiver_is_read_as_its_commit_left_it(a_repo: Repository) -> None:
    first = a_repo.commit("main")
    waiver = layout.waiver("churn", "late")
    brought = builders.a_document("waiver", gate="auc", reason="first")
    altered = {**brought, "reason": "second"}
    stages = [{"name": "staging", "gates": [{"metric": "auc", "at_least": 0.9}]}]
    steps: list[dict[str, bytes | None]] = [
        {waiver: builders.text("waiver", brought)},
        {**builders.a_policy(stages=stages)},
        {waiver: builders.text("waiver", altered)},
        {layout.POLICY: b"schema: registry/v1\n"},
        {waiver: None},
    ]
    came, stricter, changed, broken, _ = [land(a_repo, step) for step in steps]
    told = events.told(a_repo, "main").events
    policies = standards.policies(a_repo, told)
    bounds = {
        commit: None if policy is None else policy.stages[0].gates[0].model_dump(exclude_none=True)
        for commit, policy in policies.items()
    }
    gate = {"tasks": (), "metric": "auc"}
    assert bounds == {first: gate | {"at_least": 0.8}, stricter: gate | {"at_least": 0.9}, broken: None}
    waivers = standards.waivers(a_repo, told)
    assert {key: value.reason for key, value in waivers.items()} == {
        (came, "churn", "late"): "first",
        (changed, "churn", "late"): "second",
    }


def test_the_moment_of_a_commit_has_them(a_repo: Repository) -> None:
    commit = a_repo.commit("main")
    _, moment = moments.of_commit(a_repo, "main")
    assert list(moment.policies) == [commit]
    assert (moment.waivers, moment.evidence) == ({}, {})
