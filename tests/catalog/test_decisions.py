"""Why a version holds a stage: what was asked of it and found, by the policy and the facts of that commit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import builders
from catalog.registries import MOMENT, WHEN, measured, registry
from modelry.catalog import decisions, gathering
from modelry.catalog.decisions import Asked, Decision
from modelry.model import layout
from modelry.model.documents import Waiver
from modelry.model.events import Event, What
from modelry.model.evidence import Approver, Predicate, Statement
from modelry.model.landings import Landing
from modelry.model.notes import Evidence, Recorded
from modelry.model.policy import Policy

STAGES = [
    {"name": "staging", "gates": [{"metric": "auc", "at_least": 0.8}]},
    {
        "name": "production",
        "after": ["staging"],
        "soak": "1d",
        "approvals": {"count": 1, "from": ["Grace"]},
        "gates": [
            {"metric": "auc", "no_worse_than": "production", "tolerance": 0.005},
            {"evaluation": "fairness"},
        ],
    },
]


def commit(day: int) -> str:
    return f"{day:040x}"


def event(
    day: int, what: What, version: str | None = None, stage: str | None = None, name: str = ""
) -> Event:
    landing = Landing(commit(day), WHEN + timedelta(days=day), what, ("Ada <ada@example.org>",))
    return Event(what, "churn" if what != "policy changed" else "", version, stage, None, landing, "so", name)


def policy(**overrides: Any) -> Policy:
    files = builders.a_policy(stages=STAGES, formats={"production": ["onnx"]}, **overrides)
    return registry(files).policy.must


def evidence(day: int, approver: str) -> Evidence:
    predicate: Any = Predicate
    said = predicate.model_construct(
        commit=commit(day), author=someone("Ada"), approvers=(someone(approver),)
    )
    statement: Any = Statement
    return Evidence((Recorded(statement.model_construct(predicate=said)),))


def someone(name: str) -> Approver:
    return Approver(name=name, email=f"{name.lower()}@example.org")


def rounded(decision: Decision) -> tuple[Asked, ...]:
    return tuple(
        each._replace(margin=None if each.margin is None else round(each.margin, 6))
        for each in decision.asked
    )


def decided(events: list[Event], **moment: Any) -> list[Decision]:
    files = {**builders.a_policy(stages=STAGES)}
    files |= builders.a_model("churn", ())
    for number, auc in (("1.0.0", 0.90), ("1.1.0", 0.93), ("1.2.0", 0.89)):
        files |= builders.a_version("churn", number, evaluations=measured(auc, 9.0))
        fairness = builders.a_document("evaluation")
        files[layout.evaluation("churn", number, "fairness")] = builders.text("evaluation", fairness)
    at = replace(MOMENT, events=tuple(events), **moment)
    catalog = gathering.of(registry(files), at)
    return list(decisions.of(catalog, decisions.Standards(at), catalog.models[0]))


def test_a_promotion_is_judged_by_what_main_had_then() -> None:
    found = decided(
        [
            event(0, "policy changed"),
            event(1, "registered", "1.0.0"),
            event(2, "promoted", "1.0.0", "staging"),
            event(3, "evaluated", "1.0.0", name="fairness"),
            event(4, "promoted", "1.0.0", "production"),
            event(5, "promoted", "1.1.0", "staging"),
            event(5, "promoted", "1.1.0", "production"),
            event(6, "evaluated", "1.1.0", name="fairness"),
        ],
        policies={commit(0): policy()},
        evidence={commit(4): evidence(4, "Grace"), commit(5): evidence(5, "Bob")},
    )
    assert [(each.event.version, each.event.stage, each.policy) for each in found] == [
        ("1.0.0", "staging", commit(0)),
        ("1.0.0", "production", commit(0)),
        ("1.1.0", "staging", commit(0)),
        ("1.1.0", "production", commit(0)),
    ]
    assert [rounded(found[0]), found[0].passed] == [
        (Asked("auc at least 0.8", "0.9", "passes", 0.1),),
        1,
    ]
    assert rounded(found[1]) == (
        Asked("auc no worse than production, by at most 0.005", "0.9, no champion yet", "passes"),
        Asked("evaluation fairness", "on record", "passes"),
        Asked("format onnx", "onnx", "passes"),
        Asked("1d in staging", "since 2026-03-04", "passes"),
        Asked("1 approval of Grace", "Grace", "passes"),
    )
    # Its evaluation came later, the stage before is taken by the same commit, and Bob is not asked.
    assert rounded(found[3]) == (
        Asked(
            "auc no worse than production, by at most 0.005",
            "0.93, against 0.9 of 1.0.0",
            "passes",
            0.035,
        ),
        Asked("evaluation fairness", "not on record", "misses"),
        Asked("format onnx", "onnx", "passes"),
        Asked("1d in staging", "never", "misses"),
        Asked("1 approval of Grace", "Bob", "misses"),
    )


def test_a_change_is_judged_by_the_policy_that_it_found_and_a_way_back_by_none() -> None:
    lax = registry(builders.a_policy(stages=[{"name": "staging"}])).policy.must
    found = decided(
        [
            event(0, "policy changed"),
            event(0, "promoted", "1.0.0", "staging"),
            event(1, "policy changed"),
            event(1, "promoted", "1.1.0", "staging"),
            event(2, "rolled back", "1.0.0", "staging"),
            event(3, "promoted", "1.2.0", "staging"),
        ],
        policies={commit(0): lax, commit(1): policy()},
    )
    assert [(each.event.version, each.policy, len(each.asked)) for each in found] == [
        ("1.0.0", None, 0),  # the registry began with it
        ("1.1.0", commit(0), 0),
        ("1.0.0", commit(1), 0),
        ("1.2.0", commit(1), 1),
    ]


def test_a_waiver_counts_from_the_commit_after_it_until_it_ends() -> None:
    given = builders.a_document(
        "waiver", rule="metric-misses-gate", gate="fairness", version=None, stage=None
    )
    waiver = Waiver.model_validate(given | {"expires": f"{WHEN + timedelta(days=90):%Y-%m-%d}"})
    bare = policy().model_copy(update={"formats": {}})
    asked = bare.stages[1].model_copy(
        update={"after": (), "approvals": None, "gates": bare.stages[1].gates[1:]}
    )
    found = decided(
        [
            event(0, "policy changed"),
            event(1, "waived", name="late"),
            event(1, "promoted", "1.0.0", "production"),
            event(2, "promoted", "1.1.0", "production"),
            event(3, "waiver ended", name="late"),
            event(4, "promoted", "1.2.0", "production"),
            event(9, "evaluated", "1.0.0", name="fairness"),
            event(9, "evaluated", "1.1.0", name="fairness"),
            event(9, "evaluated", "1.2.0", name="fairness"),
        ],
        policies={commit(0): bare.model_copy(update={"stages": (asked,)})},
        waivers={(commit(1), "churn", "late"): waiver},
    )
    assert [each.asked[0].state for each in found] == ["misses", "waived", "misses"]
    assert found[1].asked[0].waiver == "late"


@pytest.mark.parametrize(
    ("landing", "told"),
    [
        (None, "none is on record"),
        (("Grace <g@example.org>",), "only its own message names Grace, which whoever merged could write"),
    ],
)
def test_an_approval_that_no_evidence_shows_is_said_to_be_unproven(
    landing: tuple[str, ...] | None, told: str
) -> None:
    made = event(2, "promoted", "1.0.0", "production")
    made = made._replace(landing=made.landing._replace(approved_by=landing))
    (found,) = decided([event(0, "policy changed"), made], policies={commit(0): policy()})
    assert found.asked[-1] == Asked("1 approval of Grace", told, "unproven")
