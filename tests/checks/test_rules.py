"""What no example can show: rules without a policy, a clock or a remote to ask."""

from datetime import UTC, date, datetime

import pytest

import builders
from modelry import checks
from modelry.checks import gates, stages
from modelry.checks.base import Context, Held, UnavailableError
from modelry.model import changes, layout

DAY = datetime(2026, 6, 1, tzinfo=UTC)
BASE = dict(builders.a_registry())
MOVED = {**BASE, **builders.an_assignment(version="1.1.0", stage="production", previous="1.0.0")}


def a_context(**overrides: object) -> Context:
    before, after = builders.registry_of(BASE), builders.registry_of(MOVED)
    given: dict[str, object] = {
        "changes": changes.between(before, after),
        "policy": before.policy.value,
        "today": date(2026, 6, 1),
    }
    return Context(**(given | overrides))  # type: ignore[arg-type]


def test_without_a_policy_nothing_is_promoted_and_no_stage_is_unknown() -> None:
    assert list(gates.promoted(a_context(policy=None))) == []
    assert list(stages.unknown_stage.look(a_context(policy=None))) == []


def test_a_rule_without_its_port_is_skipped_and_says_so() -> None:
    assert checks.run(checks.ALL, a_context()).skipped == (
        ("stage-skipped", "needs the history of main: give --base REV in a clone"),
    )


def test_a_soak_needs_a_clock() -> None:
    policy = builders.registry_of(
        BASE
        | builders.a_policy(
            stages=[{"name": "staging"}, {"name": "production", "after": ["staging"], "soak": "1d"}]
        )
    ).policy.must
    context = a_context(
        policy=policy, history=lambda _model, stage: [Held("1.1.0", DAY)] if stage == "staging" else []
    )

    with pytest.raises(UnavailableError, match=r"^needs the time of a commit: give --base REV in a clone$"):
        list(gates.stage_skipped.look(context))


def test_a_policy_that_is_broken_by_the_change_is_told_once() -> None:
    before, after = (
        builders.registry_of(BASE),
        builders.registry_of({**BASE, layout.POLICY: b"schema: registry/v9\n"}),
    )
    report = checks.run(checks.ALL, a_context(changes=changes.between(before, after)))

    assert {finding.rule for finding in report.findings} == {"invalid-document"}
    assert (report.verdict, report.classes) == ("fails", ("policy",))


def test_a_rule_tells_its_title_and_why() -> None:
    for rule in checks.ALL:
        assert rule.title.endswith("."), rule.id
        assert len(rule.explanation) > 80, rule.id
