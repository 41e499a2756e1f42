"""What a review says of changes that need no repository: two registries, and the values between them."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyromark
import pytest

import builders
from modelry.checks import Context
from modelry.checks.base import Held
from modelry.model import changes, layout
from modelry.model.documents import Code, VersionRecord
from modelry.model.files import Files
from modelry.model.policy import Policy
from modelry.model.standing import Standing
from modelry.reports import review as reviews
from modelry.reports.review import differences, licenses, markdown, policy_steps, words
from modelry.reports.review.facts import Section
from reports import reviewed

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
HOSTILE = (
    "@acme/all [x](javascript:1) <img src=x onerror=1> | `a` www.evil.example https://evil.example #1 **b**"
)


def review(before: Files, after: Files, **known: Any) -> reviews.Review:
    old, new = builders.registry_of(before), builders.registry_of(after)
    context = Context(changes.between(old, new), old.policy.value, NOW.date(), NOW)
    return reviews.review(context, known.get("standing"))


def section(before: Files, change: Files, *removed: str, kind: str) -> Section:
    """Give the one section of a kind on a change of a registry."""
    after = {path: data for path, data in {**before, **change}.items() if path not in removed}
    (found,) = [one for one in review(before, after).sections if one.kind == kind]
    return found


def said(found: Section) -> list[tuple[str, str]]:
    return [(one.tone, one.text) for one in found.statements]


def base(*versions: str, **policy: Any) -> Files:
    files: Files = {**builders.a_policy(**policy), **reviewed.a_model()}
    for number in versions or ("1.0.0", "1.1.0"):
        files = {**files, **builders.a_version(version=number)}
    return files


def a_policy(**overrides: Any) -> Policy:
    return Policy.model_validate(builders.a_document("registry", **overrides))


STAGE: dict[str, Any] = {
    "name": "production",
    "after": ["staging"],
    "soak": "2d",
    "approvals": {"count": 2, "from": ["@acme/risk"]},
    "expires_after": "26w",
    "gates": [
        {"metric": "auc", "at_least": 0.9},
        {"metric": "p99_ms", "at_most": 40.0, "tasks": ["ranking"]},
        {"evaluation": "fairness"},
    ],
}


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("after", [], ("after", "staging", "", "softer")),
        ("after", ["staging", "canary"], ("after", "staging", "staging, canary", "stricter")),
        ("soak", None, ("soak", "2d", "", "softer")),
        ("soak", "1w", ("soak", "2d", "1w", "stricter")),
        ("expires_after", None, ("expires_after", "26w", "", "softer")),
        ("expires_after", "52w", ("expires_after", "26w", "52w", "softer")),
        ("expires_after", "12w", ("expires_after", "26w", "12w", "stricter")),
        ("approvals", None, ("approvals", "2 from @acme/risk", "", "softer")),
        (
            "approvals",
            {"count": 1, "from": ["@acme/risk"]},
            ("approvals", "2 from @acme/risk", "1 from @acme/risk", "softer"),
        ),
        ("approvals", {"count": 2}, ("approvals", "2 from @acme/risk", "2 from anyone", "softer")),
        (
            "approvals",
            {"count": 2, "from": ["@acme/risk"], "author_may_approve": True},
            ("approvals", "2 from @acme/risk", "2 from @acme/risk, the author too", "softer"),
        ),
        (
            "approvals",
            {"count": 3, "from": ["@acme/risk"]},
            ("approvals", "2 from @acme/risk", "3 from @acme/risk", "stricter"),
        ),
        ("gates", STAGE["gates"][1:], ("gate", "auc at least 0.9", "", "softer")),
        ("gates", [*STAGE["gates"], {"scan": "clean"}], ("gate", "", "scan clean", "stricter")),
        (
            "gates",
            [{"metric": "auc", "at_least": 0.8}, *STAGE["gates"][1:]],
            ("auc at least", "0.9", "0.8", "softer"),
        ),
        (
            "gates",
            [
                STAGE["gates"][0],
                {"metric": "p99_ms", "at_most": 20.0, "tasks": ["ranking"]},
                STAGE["gates"][2],
            ],
            ("p99_ms at most", "40 (for ranking)", "20 (for ranking)", "stricter"),
        ),
        (
            "gates",
            [{"metric": "auc", "at_least": 0.9, "name": "quality"}, *STAGE["gates"][1:]],
            ("auc at least", "0.9", "0.9", "other"),
        ),
    ],
)
def test_each_step_of_a_stage_is_softer_or_stricter(field: str, value: Any, told: tuple[str, ...]) -> None:
    given = {name: held for name, held in (STAGE | {field: value}).items() if held is not None}
    stages = [{"name": "staging"}, {"name": "canary"}]
    steps = policy_steps.between(a_policy(stages=[*stages, STAGE]), a_policy(stages=[*stages, given]))
    assert [(one.group, one.field, one.before, one.after, one.effect) for one in steps] == [
        ("production", *told)
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            {"formats": {}},
            {"formats": {"staging": ["onnx"]}},
            ("staging", "formats", "all", "onnx", "stricter"),
        ),
        (
            {"formats": {"staging": ["onnx"]}},
            {"formats": {"staging": ["onnx", "pickle"]}},
            ("staging", "formats", "onnx", "onnx, pickle", "softer"),
        ),
        (
            {"limits": {"artifact_size": 5}},
            {"limits": {}},
            ("limits", "artifact_size", "5 bytes", "none", "softer"),
        ),
        (
            {"limits": {}},
            {"limits": {"artifact_size": 5}},
            ("limits", "artifact_size", "none", "5 bytes", "stricter"),
        ),
        (
            {"sources": None},
            {"sources": {"hosts": ["zenodo.org", "*.hf.co"]}},
            ("sources", "hosts", "", "zenodo.org, *.hf.co", "softer"),
        ),
        (
            {"sources": {"hosts": ["zenodo.org", "*.hf.co"]}},
            {"sources": {"hosts": ["zenodo.org"]}},
            ("sources", "hosts", "zenodo.org, *.hf.co", "zenodo.org", "stricter"),
        ),
        (
            {"sources": {"hosts": ["zenodo.org"], "artifact_size": 5}},
            {"sources": {"hosts": ["zenodo.org"], "artifact_size": 6}},
            ("sources", "artifact_size", "5 bytes", "6 bytes", "softer"),
        ),
        (
            {"profiles": {"high": {"fields": ["training.seed"], "tasks": ["ranking"]}}},
            {"profiles": {}},
            ("profile high", "demands", "task ranking, training.seed", "", "softer"),
        ),
        (
            {"metrics": {"auc": {"goal": "maximize"}, "p99_ms": {"goal": "minimize"}}},
            {"metrics": {"auc": {"goal": "minimize"}, "p99_ms": {"goal": "minimize"}}},
            ("metrics", "auc", "goal: maximize", "goal: minimize", "other"),
        ),
        ({"title": "One"}, {"title": "Two"}, ("registry", "title", "One", "Two", "other")),
        (
            {"stages": [{"name": "staging"}]},
            {"stages": [{"name": "staging"}, {"name": "canary"}]},
            ("stages", "stage", "", "canary", "other"),
        ),
        (
            {"stages": [{"name": "staging"}, {"name": "canary"}]},
            {"stages": [{"name": "staging"}]},
            ("stages", "stage", "canary", "", "softer"),
        ),
        (
            {"stages": [{"name": "staging"}, {"name": "canary"}]},
            {"stages": [{"name": "canary"}, {"name": "staging"}]},
            ("stages", "order", "staging, canary", "canary, staging", "other"),
        ),
    ],
)
def test_each_step_of_a_policy_is_told(
    before: dict[str, Any], after: dict[str, Any], told: tuple[str, ...]
) -> None:
    given = {"profiles": {}, "formats": {}, "stages": [{"name": "staging"}]}
    steps = policy_steps.between(a_policy(**given | before), a_policy(**given | after))
    assert [(one.group, one.field, one.before, one.after, one.effect) for one in steps] == [told]


def test_two_gates_that_ask_for_the_same_are_told_apart() -> None:
    gates = [
        {"metric": "auc", "no_worse_than": "staging"},
        {"metric": "auc", "no_worse_than": "staging", "tolerance": 0.1},
    ]
    one, other = ({"name": "staging", "gates": given} for given in (gates, gates[:1]))
    (step,) = policy_steps.between(a_policy(stages=[one]), a_policy(stages=[other]))
    assert (step.before, step.effect) == ("auc no worse than staging, by at most 0.1", "softer")


@pytest.mark.parametrize(
    ("expression", "rank"),
    [
        ("MIT", 0),
        ("CC0-1.0", 0),
        ("MPL-2.0", 1),
        ("GPL-3.0-only", 2),
        ("MIT OR GPL-2.0+", 2),
        ("CC-BY-NC-4.0", 3),
        ("SSPL-1.0", 3),
        ("LicenseRef-own", 4),
    ],
)
def test_a_license_is_as_strict_as_its_strictest_term(expression: str, rank: int) -> None:
    assert licenses.weighed(expression)[0] == rank


A, B = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("repository", "page"),
    [
        ("https://github.com/acme/churn", f"https://github.com/acme/churn/compare/{A}...{B}"),
        ("https://github.com/acme/churn.git", f"https://github.com/acme/churn/compare/{A}...{B}"),
        ("https://gitlab.com/acme/ml/churn", f"https://gitlab.com/acme/ml/churn/-/compare/{A}...{B}"),
        (
            "https://gitlab.acme.example/ml/churn/",
            f"https://gitlab.acme.example/ml/churn/-/compare/{A}...{B}",
        ),
        ("https://git.acme.example/ml/churn", ""),
        ("https://github.com/acme/churn?x=)", ""),
        ("ssh://git@github.com/acme/churn", ""),
    ],
)
def test_the_code_between_is_linked_where_its_host_can_show_it(repository: str, page: str) -> None:
    before, after = (Code(repository=repository, commit=commit) for commit in (A, B))
    assert differences.compared(before, after) == page
    assert differences.compared(before, before) == ""


def test_what_differs_between_records_is_told_in_words() -> None:
    def a_record(version: str, **overrides: Any) -> VersionRecord:
        return VersionRecord.model_validate(builders.a_document("version", version=version, **overrides))

    old = a_record("0.1.0")
    data = {"name": "others", "uri": "s3://a/b", "digest": "md5:" + "0" * 32, "license": "CC-BY-SA-4.0"}
    new = a_record(
        "0.1.1",
        artifact={**builders.a_document("version")["artifact"], "size": 96_426, "format": "gguf"},
        training=reviewed.trained(
            data=[data],
            code={"repository": "https://github.com/acme/other", "commit": B},
            environment={"python": "3.12"},
        ),
        signature={
            "inputs": [{"name": "x", "dtype": "float32", "shape": []}],
            "outputs": [{"name": "p", "dtype": "float32", "shape": []}],
        },
    )
    assert [(one.tone, one.text) for one in differences.statements(old, new)] == [
        (
            "bad",
            "Whoever calls 0.1.0 has to change: input features is gone; input x is new; output probability is gone; 0.1.1 does not say so: by SemVer it would be 0.2.0",
        ),
        ("look", "Training data is now under CC-BY-SA-4.0 (weak copyleft)"),
        ("look", "The format changes from onnx to gguf"),
        ("look", "The artifact is 2 times as large: 48.2 kB → 96.4 kB"),
        ("look", "The bytes are those of 0.1.0"),
        ("look", "Other dependencies: python 3.11 → 3.12 and scikit-learn 1.9.1 → none"),
        ("look", "Trained on other data; new: others; gone: customers, 2024 to 2026"),
        (
            "look",
            "Trained by code of another repository: https://github.com/acme/churn → https://github.com/acme/other",
        ),
    ]
    wider = a_record(
        "0.1.2",
        signature={
            **builders.a_document("version")["signature"],
            "outputs": [
                *builders.a_document("version")["signature"]["outputs"],
                {"name": "why", "dtype": "string", "shape": []},
            ],
        },
    )
    assert [one.text for one in differences.statements(old, wider)] == [
        "The signature changes, and all that went in and came out still does",
        "The bytes are those of 0.1.0",
    ]
    people = a_record(
        "0.1.3", training=reviewed.trained(data=[{**data, "personal_data": True, "license": None}])
    )
    assert ("look", "Training data about people is new") in [
        (one.tone, one.text) for one in differences.statements(new, people)
    ]


def test_a_version_that_was_measured_on_its_training_data_is_told() -> None:
    digest = reviewed.DIGESTS["2025"]
    leaked = reviewed.measured(dataset={"name": "holdout", "version": "1", "digest": digest})
    found = section(
        base(),
        builders.a_version(
            version="1.2.0", evaluations=[leaked], training=reviewed.trained(), license="GPL-3.0-only"
        ),
        kind="registration",
    )
    assert (
        "bad",
        "It was measured on data that it was trained on: holdout@1 has the digest of training data",
    ) in said(found)


def test_the_first_version_of_a_model_has_nothing_to_be_compared_with() -> None:
    change = {**builders.a_model("fraud", versions=()), **builders.a_version("fraud", license="GPL-3.0-only")}
    found = section(base(), change, kind="registration")
    assert found.brief == "there is nothing to compare with"
    assert said(found) == [
        ("look", "fraud@1.0.0 is the first: there is nothing to compare with"),
        ("look", "Its license is GPL-3.0-only (copyleft: what is built with it must be licensed alike)"),
    ]


def test_a_registration_that_main_has_overtaken_is_stale() -> None:
    before = base("1.0.0", "1.1.0")
    after = {**before, **builders.a_version(version="1.2.0")}
    for began, was in ((base("1.0.0"), "1.0.0"), (builders.a_policy(), "nothing")):
        standing = Standing("Alice", 1, builders.registry_of(began))
        (found,) = review(before, after, standing=standing).sections
        assert said(found)[0] == (
            "bad",
            f"Stale: when this began, the latest of churn was {was}; it is 1.1.0 now",
        )
    standing = Standing("Alice", 1, builders.registry_of(before))
    assert not any(tone == "bad" for tone, _ in said(review(before, after, standing=standing).sections[0]))


def test_a_stage_that_would_be_empty_and_one_whose_version_is_not_there_are_told() -> None:
    before = {**base(), **builders.an_assignment()}
    found = section(before, {}, layout.stage("churn", "staging"), kind="emptied stage")
    assert (found.verdict, found.brief) == ("fails", "nobody would hold it, or its document cannot be read")
    absent = builders.an_assignment(version="9.0.0", previous="1.0.0")
    found = section(before, absent, kind="promotion")
    assert found.brief == "churn@9.0.0 is not there, or its record cannot be read"


def test_another_term_of_the_same_holder_is_no_promotion_and_no_way_back() -> None:
    before = {**base(), **builders.an_assignment(reason="one")}
    found = section(before, builders.an_assignment(reason="two", previous="1.0.0"), kind="renewal")
    assert found.title == "staging of churn: 1.0.0 for another term"
    words = "1.0.0 holds staging already, and begins another term: there is nothing to take back"
    assert said(found) == [("plain", words)]
    assert (found.brief, found.undo) == ("meets 1 gate", "")


def test_the_first_to_take_a_stage_without_gates_says_so_and_names_no_command_that_fails() -> None:
    before = base("1.0.0", stages=[{"name": "staging"}])
    found = section(before, builders.an_assignment(), kind="promotion")
    assert (found.brief, found.undo) == ("staging has no gates", "")
    found = section(before, builders.an_assignment(stage="nowhere"), kind="promotion")
    assert found.brief == "the policy has no such stage"


def test_a_way_back_to_a_yanked_version_is_told() -> None:
    tombstone = {
        layout.version("churn", "1.0.0", "yanked.yaml"): builders.text("yank", builders.a_document("yank"))
    }
    before = {**base(), **tombstone, **builders.an_assignment(version="1.1.0", previous="1.0.0")}
    found = section(before, builders.an_assignment(version="1.0.0", previous="1.1.0"), kind="rollback")
    assert said(found)[0] == ("bad", "churn@1.0.0 is yanked: trained on rows of the test set")
    assert found.verdict == "fails"


def test_what_cannot_be_looked_at_is_told_as_such() -> None:
    before = {**base(), **builders.an_assignment()}
    found = section(before, builders.an_assignment(stage="production"), kind="promotion")
    assert [(one.state, one.found) for one in found.gates] == [
        ("unknown", "could not look: needs the history of main: give --base REV in a clone"),
        ("passes", "0.914, no champion yet"),
    ]
    none = "Nothing holds production of churn yet: there is no champion to compare with, and nothing to go back to"
    assert ("look", none) in said(found)
    assert found.undo == "modelry promote churn@1.1.0 production --reason …"


def test_gates_say_who_has_to_act() -> None:
    gates = [{"metric": "auc", "at_least": 0.99}, {"metric": "f1", "at_least": 0.5}, {"scan": "clean"}]
    policy = {"stages": [{"name": "staging", "gates": gates}], "formats": {"staging": ["skops"]}}
    before = base(**policy, metrics={"auc": {"goal": "maximize"}, "f1": {"goal": "maximize"}})
    found = section(before, builders.an_assignment(), kind="promotion")
    assert [(one.gate, one.found, one.state, one.act) for one in found.gates] == [
        (
            "auc at least 0.99",
            "0.914",
            "missed",
            "the author: another version; or @alice and @acme/growth: a waiver",
        ),
        (
            "scan clean",
            "no scan on record",
            "missed",
            "the author: another version; or @alice and @acme/growth: a waiver",
        ),
        ("format skops", "onnx", "missed", "the author: export it as skops"),
        (
            "f1 at least 0.5",
            "not measured",
            "measure",
            "the author: measure it, then modelry evaluate churn@1.0.0 FILE",
        ),
    ]


@pytest.mark.parametrize("rule", ["format-not-allowed", "stage-skipped"])
def test_a_waiver_of_a_rule_shows_where_it_is_used(rule: str) -> None:
    stages = [{"name": "staging"}, {"name": "production", "after": ["staging"]}]
    document = builders.a_document("waiver", rule=rule, version=None, gate=None, expires="2026-06-15")
    waiver = {"registry/models/churn/waivers/once.yaml": builders.text("waiver", document)}
    before = {**base(stages=stages, formats={"production": ["skops"]}), **waiver}
    found = section(before, builders.an_assignment(stage="production"), kind="promotion")
    assert [one.waiver for one in found.gates if one.state == "waived"] == ["once"]
    assert any("expires today (on 2026-06-15)" in text for tone, text in said(found) if tone == "bad")


def test_a_yank_says_who_holds_it_and_an_unyank_why_it_was_withdrawn() -> None:
    tombstone = {
        layout.version("churn", "1.1.0", "yanked.yaml"): builders.text(
            "yank", builders.a_document("yank", replacement=None)
        )
    }
    before = {**base(), **builders.an_assignment(version="1.1.0")}
    found = section(before, tombstone, kind="yank")
    assert said(found)[0] == (
        "bad",
        "churn@1.1.0 holds staging: everybody who follows staging would be refused",
    )
    assert ("look", "No replacement is named") in said(found)

    found = section({**base(), **tombstone}, {}, *tombstone, kind="unyank")
    assert said(found) == [
        ("bad", "It was withdrawn because: trained on rows of the test set"),
        ("look", "churn@1.1.0 can be taken again by its number"),
        ("look", "churn@latest would mean it"),
    ]


def test_evidence_says_which_gates_it_shifts() -> None:
    gates = [{"metric": "auc", "dataset": "panel", "at_least": 0.95}, {"evaluation": "fairness"}]
    before = {**base(stages=[{"name": "staging", "gates": gates}]), **builders.an_assignment()}
    evaluation = builders.a_document(
        "evaluation", dataset={"name": "panel", "version": "1"}, metrics={"auc": 0.9}
    )
    change = {layout.evaluation("churn", "1.0.0", "fairness"): builders.text("evaluation", evaluation)}
    found = section(before, change, kind="evaluation")
    assert found.brief == "measured on panel@1; auc on panel@1 is 0.9"
    assert said(found) == [
        (
            "bad",
            "With it, churn@1.0.0 misses a gate of staging, which it holds, auc on panel at least 0.95: 0.9",
        ),
        (
            "good",
            "With it, churn@1.0.0 meets a gate of staging, which it holds, evaluation fairness: on record",
        ),
        ("plain", "Evidence is add-only: nothing takes it back, and better results stand beside it"),
    ]
    assert found.undo == ""


def test_a_model_of_another_task_or_no_longer_deprecated_is_told() -> None:
    old = builders.a_document("model", profile=None)
    before = {**base(), layout.model("churn"): builders.text("model", old)}
    document = builders.a_document("model", profile=None, deprecated=None, task="ranking")
    found = section(before, {layout.model("churn"): builders.text("model", document)}, kind="metadata")
    assert found.brief == "changes deprecated and task"
    assert said(found) == [
        ("bad", "churn changes its task: other gates and other required fields will hold"),
        ("look", "churn is no longer deprecated"),
    ]


def test_a_waiver_that_is_taken_away_or_replaced_is_told() -> None:
    path = "registry/models/churn/waivers/slow.yaml"
    waiver = {path: builders.text("waiver", builders.a_document("waiver", version="1.1.0", gate=None))}
    before = {**base(), **waiver}
    assert said(section(before, {}, path, kind="waiver")) == [
        ("look", "The waiver slow of churn is taken away")
    ]
    assert said(section(before, {path: b"schema: waiver/v1\n"}, kind="waiver")) == [
        ("look", "The waiver slow cannot be read")
    ]
    longer = builders.a_document(
        "waiver", version="1.1.0", gate="auc", rule="name-reused", expires="2026-06-01"
    )
    assert said(section(before, {path: builders.text("waiver", longer)}, kind="waiver")) == [
        (
            "bad",
            "It excuses churn@1.1.0 from the gate auc of production until 2026-06-01 (expired 14 days ago); @alice takes responsibility",
        ),
        (
            "look",
            "It replaces one that held until 2026-06-30: latency is measured on the old cluster until June",
        ),
    ]


def test_files_beside_the_registry_and_training_code_are_named() -> None:
    change = {"Makefile": b"all:\n", "registry/models/churn/training/train.py": b"print()\n"}
    before = base()
    found = review(before, {**before, **change})
    assert [(one.title, one.brief) for one in found.sections] == [
        ("Training code and objects", "Training code and objects: registry/models/churn/training/train.py"),
        ("Files that are no part of the registry", "Files that are no part of the registry: Makefile"),
    ]


def test_a_policy_that_cannot_be_read_and_a_schema_of_the_organisations_are_told() -> None:
    change = {layout.POLICY: b"schema: registry/v9\n", layout.schema("ranking"): b"{}"}
    before = base()
    found = review(before, {**before, **change})
    assert {one.title: said(one) for one in found.sections} == {
        "The policy": [("bad", "The new policy cannot be read")],
        "A schema of the organisation's": [
            (
                "look",
                "The organisation's own schema registry/schemas/ranking.json changes: what versions must say in `extra`",
            )
        ],
    }


def test_nothing_that_changes_is_told_as_such() -> None:
    found = review(base(), base())
    assert (
        reviews.FORMATS["text"](found).splitlines()[0] == "✅ passes: nothing that the registry knows changes"
    )


def hostile() -> reviews.Review:
    """Give a review in which every text that a pull request may choose is hostile."""
    dataset = {"name": "holdout", "version": "|<b>|"}
    record: dict[str, Any] = {
        "summary": HOSTILE,
        "evaluations": [reviewed.measured(dataset=dataset)],
        "training": reviewed.trained(params={HOSTILE: HOSTILE}),
    }
    change = {
        **builders.a_version(version="1.2.0", **record),
        **builders.an_assignment(version="1.2.0", reason=HOSTILE),
    }
    return review(base(), {**base(), **change, f"x/{HOSTILE}\u202e\udcff": b""})


def test_nothing_of_a_pull_request_is_markup_in_markdown() -> None:
    told = markdown.markdown(hostile())
    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
    made = pyromark.html(told, options=options)
    tags = set(re.findall(r"<(/?[a-z0-9]+)[ >]", made))
    assert {tag.strip("/") for tag in tags} <= {
        "h2", "h3", "p", "ul", "li", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"
    }  # fmt: skip
    assert "onerror" in told
    # Between HTML's tags an address would still become a link, though nobody is called there.
    assert re.findall(r"https?://|www\.", told) == []
    prose = re.sub(r"<code>.*?</code>", "", told)
    assert re.findall(r"(?<![A-Za-z0-9])@[a-z]|(?<!&)#[0-9]", prose) == []


def test_nothing_of_a_pull_request_is_markup_in_html() -> None:
    told = reviews.FORMATS["html"](hostile())
    assert "<img" not in told
    assert set(re.findall(r"<([a-z0-9]+)", told.partition("<main>")[2])) <= {
        "h1", "h2", "p", "ul", "li", "strong", "code", "div", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"
    }  # fmt: skip
    assert "<script" not in told
    assert {char for char in told if not char.isprintable()} == {"\n"}


def test_a_report_that_is_too_long_is_cut_between_parts_and_says_so() -> None:
    before: dict[str, bytes] = dict(builders.a_policy())
    change: dict[str, bytes] = {}
    for number in range(150):
        name = f"model-{number}"
        before |= {**builders.a_model(name, ("1.0.0", "1.1.0")), **builders.an_assignment(name)}
        change |= builders.an_assignment(name, "1.1.0", previous="1.0.0")
    found = review(before, before | change)
    told = markdown.markdown(found)
    assert markdown.LIMIT - 5000 < len(told) < markdown.LIMIT + 200
    assert "… and 100 more changes, which --format json has as well." in told
    assert re.fullmatch(
        r"_\d+ parts of this report did not fit here: run `modelry review` in a clone to read all\._",
        told.splitlines()[-1],
    )


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(days=2, hours=5), "2 days"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(seconds=90), "1 minute"),
    ],
)
def test_a_length_of_time_is_told_by_its_largest_unit(length: timedelta, told: str) -> None:
    assert words.span(length) == told


def test_many_items_are_told_by_how_many_more_there_are() -> None:
    assert words.listed("abcdefg") == "a, b, c, d, e and 2 more"
    assert words.listed("ab") == "a and b"
    assert words.until(date(2026, 1, 2), date(2026, 1, 1)) == "expires in 1 day"


def measured(version: str, *measurements: dict[str, Any]) -> Files:
    return builders.a_version(version=version, evaluations=list(measurements), training=reviewed.trained())


def test_a_slice_or_a_data_set_that_is_not_measured_any_more_is_told() -> None:
    whole = {"dataset": {"name": "d", "version": "1"}, "metrics": {"auc": 0.9, "odd": 1.0}}
    old = whole | {"slices": {"old": {"auc": 0.8}}}
    before = {
        **base(),
        **measured("1.0.0", old, {"dataset": {"name": "stress", "version": "1"}, "metrics": {"auc": 0.7}}),
        **measured("1.1.0", whole | {"metrics": {"auc": 0.9, "odd": 2.0}}),
        **builders.an_assignment(),
    }
    found = section(before, builders.an_assignment(version="1.1.0", previous="1.0.0"), kind="promotion")
    assert said(found)[:2] == [
        ("bad", "Not measured any more, though churn@1.0.0 was: slice old of d@1"),
        ("look", "Only churn@1.0.0 was measured so: auc 0.7 on stress@1"),
    ]
    (compared,) = found.comparisons
    assert [(one.metric, one.dataset, one.slice, one.verdict) for one in compared.results] == [
        ("auc", "d@1", "old", "only before"),
        ("auc", "stress@1", "", "only before"),
        ("odd", "d@1", "", "no goal"),
        ("auc", "d@1", "", "same"),
    ]


def test_the_same_name_with_another_digest_is_other_data() -> None:
    def on(digest: str, auc: float) -> dict[str, Any]:
        return {
            "dataset": {"name": "d", "version": "1", "digest": f"md5:{digest * 32}"},
            "metrics": {"auc": auc},
        }

    before = {
        **base(),
        **measured("1.0.0", on("a", 0.9)),
        **measured("1.1.0", on("b", 0.99)),
        **builders.an_assignment(),
    }
    found = section(before, builders.an_assignment(version="1.1.0", previous="1.0.0"), kind="promotion")
    assert said(found)[0] == (
        "bad",
        "auc cannot be compared: auc 0.99 on d@1 (md5:bbbbbbbbbb), but churn@1.0.0 was measured on other data (auc 0.9 on d@1 (md5:aaaaaaaaaa)). A better number on another data set shows nothing",
    )


def test_a_fall_within_the_tolerance_is_no_reason_against() -> None:
    def on(auc: float) -> dict[str, Any]:
        return {"dataset": {"name": "d", "version": "1"}, "metrics": {"auc": auc}}

    before = {
        **base(),
        **measured("1.0.0", on(0.9)),
        **measured("1.1.0", on(0.896)),
        **builders.an_assignment(stage="production"),
    }
    found = section(
        before,
        builders.an_assignment(version="1.1.0", stage="production", previous="1.0.0"),
        kind="promotion",
    )
    (result,) = found.comparisons[0].results
    assert (result.verdict, result.difference, result.tolerance) == ("within tolerance", -0.004, 0.005)
    assert [text for tone, text in said(found) if tone == "bad"] == []


@pytest.mark.parametrize(
    ("soak", "held", "state", "found"),
    [
        (None, [], "missed", "never"),
        (None, [("1.1.0", 1), ("1.0.0", 9)], "passes", "earlier, not now"),
        ("7d", [("1.1.0", 1), ("1.0.0", 4)], "missed", "earlier, not now; for 3 days in all"),
        ("7d", [("1.0.0", 8)], "passes", "since 2026-06-07 12:00; for 8 days in all"),
        (
            "7d",
            [("1.0.0", 4)],
            "wait",
            "since 2026-06-11 12:00; for 4 days in all; ends 2026-06-18 12:00 UTC",
        ),
    ],
)
def test_how_long_a_version_held_the_stage_before_is_told(
    soak: str | None, held: list[tuple[str, int]], state: str, found: str
) -> None:
    stage = {"name": "production", "after": ["staging"], **({"soak": soak} if soak else {})}
    before = base(stages=[{"name": "staging"}, stage], formats={"production": ["onnx"]})
    old, new = (
        builders.registry_of(files)
        for files in (before, {**before, **builders.an_assignment(stage="production")})
    )
    spells = [Held(version, NOW - timedelta(days=days)) for version, days in held]
    context = Context(
        changes.between(old, new),
        old.policy.value,
        NOW.date(),
        NOW,
        history=lambda _, stage: spells if stage == "staging" else [],
    )
    (section_,) = reviews.review(context).sections
    assert [(one.state, one.found) for one in section_.gates if one.gate != "format onnx"] == [(state, found)]


def test_what_main_has_as_well_is_folded_away() -> None:
    document = builders.a_document("waiver", version="1.1.0", gate=None, expires="2026-06-01")
    before = {**base(), "registry/models/churn/waivers/old.yaml": builders.text("waiver", document)}
    told = markdown.markdown(review(before, {**before, **builders.an_assignment()}))
    assert "<details><summary>1 finding that main has as well: this change is not to blame</summary>" in told


def test_a_part_that_does_not_fit_is_left_out_and_the_rest_is_told() -> None:
    params = {f"layer-{number}": "x" * 100 for number in range(2000)}
    change = builders.a_version(version="1.2.0", training=reviewed.trained(params=params))
    told = markdown.markdown(review(base(), {**base(), **change}))
    assert len(told) < 5000
    assert told.splitlines()[-1] == (
        "_1 part of this report did not fit here: run `modelry review` in a clone to read all._"
    )
