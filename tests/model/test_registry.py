"""The registry at one moment, and what leads from one moment to another."""

from typing import Any

import pytest

import builders
from modelry.errors import NotFoundError
from modelry.model import changes, layout, names
from modelry.model.changes import Move
from modelry.model.files import Files, Tree
from modelry.model.layout import Place
from modelry.storage import documents

BASE: Files = builders.a_registry(models=2, versions=3)
"""churn and model-00001, each with 1.0.0 in production, 1.1.0, and 1.2.0 in staging."""


def yanked(version: str, model: str = "churn") -> Files:
    return {layout.version(model, version, "yanked.yaml"): builders.text("yank", builders.a_document("yank"))}


def an_evaluation(version: str, name: str = "fairness", **overrides: Any) -> Files:
    document = builders.a_document("evaluation", code=None, **overrides)
    return {layout.evaluation("churn", version, name): builders.text("evaluation", document)}


def a_waiver() -> Files:
    return {"registry/models/churn/waivers/slow.yaml": builders.text("waiver", builders.a_document("waiver"))}


def test_models_and_versions_are_in_their_order() -> None:
    files = builders.a_model(versions=["1.10.0", "1.9.0", "1.10.0-rc.1"]) | builders.a_model("abc")
    registry = builders.registry_of(files)

    assert list(registry.models) == ["abc", "churn"]
    assert list(registry.models["churn"].versions) == ["1.9.0", "1.10.0-rc.1", "1.10.0"]
    assert registry.models["churn"].versions["1.9.0"].label == "churn@1.9.0"
    assert registry.models["churn"].info.must.title == "Customer churn"


def test_a_model_is_a_folder_of_a_models_name_with_more_than_training_code() -> None:
    files = {
        **builders.a_model("a"),
        **builders.a_model("a-b"),
        **builders.a_model("ab"),
        "registry/models/a/zzz/unknown.txt": b"",
        "registry/models/README.md": b"",
        "registry/models/Capital/model.yaml": b"",
        "registry/models/coming/training/train.py": b"",
        "registry/models/coming-b/training.py": b"",
        "registry/modelsx/other/model.yaml": b"",
        "registry/a/model.yaml": b"",
    }
    models = builders.registry_of(files).models

    assert list(models) == ["a", "a-b", "ab", "coming-b"]
    assert {path for model in models.values() for path in model.paths} == {
        path for path in files if path.split("/")[1:3] in [["models", name] for name in models]
    }


def test_a_tree_in_another_order_is_the_same_registry() -> None:
    tree = builders.registry_of(BASE).tree
    reversed_ = Tree(dict(sorted(tree.entries.items(), reverse=True)), tree.read)
    models = documents.registry(reversed_).models
    assert {name: model.paths for name, model in models.items()} == {
        name: model.paths for name, model in builders.registry_of(BASE).models.items()
    }


@pytest.mark.parametrize(
    ("versions", "withdrawn", "latest"),
    [
        (["1.0.0", "1.1.0"], [], "1.1.0"),
        (["1.0.0", "2.0.0-rc.1"], [], "1.0.0"),
        (["1.0.0-rc.1", "1.0.0-rc.2"], [], "1.0.0-rc.2"),
        (["1.0.0", "1.1.0"], ["1.1.0"], "1.0.0"),
        (["1.0.0", "2.0.0-rc.1"], ["1.0.0"], "2.0.0-rc.1"),
        (["1.0.0"], ["1.0.0"], None),
        ([], [], None),
    ],
)
def test_the_latest_is_the_highest_release_that_is_not_yanked(
    versions: list[str], withdrawn: list[str], latest: str | None
) -> None:
    files = builders.a_model(versions=versions)
    for version in withdrawn:
        files |= yanked(version)
    found = builders.registry_of(files).models["churn"].latest

    assert (found.number if found is not None else None) == latest


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("churn", "1.2.0"),
        ("churn@latest", "1.2.0"),
        ("churn@1.0.0", "1.0.0"),
        ("churn@production", "1.0.0"),
        ("churn#staging", "1.2.0"),
    ],
)
def test_a_reference_finds_its_version(reference: str, version: str) -> None:
    assert builders.registry_of(BASE).find(names.reference(reference)).number == version


def test_a_yanked_version_is_found_by_its_number() -> None:
    assert (
        builders.registry_of({**BASE, **yanked("1.2.0")}).find(names.reference("churn@1.2.0")).yanked
        is not None
    )


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("chrun", "there is no model chrun", "did you mean churn?"),
        ("zzz", "there is no model zzz", "see what there is: modelry list"),
        ("churn@1.2.1", "churn has no version 1.2.1", "did you mean 1.2.0?"),
        ("churn@77.88.99-x", "churn has no version 77.88.99-x", "see what there is: modelry show churn"),
        ("churn@canary", "nothing holds canary of churn", "see what there is: modelry show churn"),
        ("empty", "empty has no version to take", "see what there is: modelry show empty"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(reference: str, message: str, hint: str) -> None:
    registry = builders.registry_of({**BASE, **builders.a_model("empty", versions=())})
    with pytest.raises(NotFoundError) as caught:
        registry.find(names.reference(reference))

    assert (str(caught.value), caught.value.hint) == (message, hint)


def test_a_stage_is_held_by_a_version_that_exists() -> None:
    path = layout.stage("churn", "production")
    registry = builders.registry_of(BASE).models["churn"]
    lost = builders.registry_of(
        {**BASE, **builders.an_assignment(version="9.0.0", stage="production")}
    ).models["churn"]
    broken = builders.registry_of({**BASE, path: b"schema: assignment/v1\n"}).models["churn"]
    held = registry.holder("production")

    assert held is not None
    assert (
        held.number,
        registry.holder("canary"),
        lost.holder("production"),
        broken.holder("production"),
    ) == ("1.0.0", None, None, None)


def test_a_version_is_its_files() -> None:
    version = builders.registry_of({**BASE, **an_evaluation("1.0.0")}).models["churn"].versions["1.0.0"]

    assert version.record.must.version == "1.0.0"
    assert [pointer.must.out.path for pointer in version.pointers] == ["model.onnx"]
    assert version.card is not None
    assert version.card.startswith("# churn 1.0.0\n")
    assert list(version.evaluations) == ["fairness"]
    assert version.yanked is None


def test_a_version_without_a_card_has_none() -> None:
    files = {path: data for path, data in BASE.items() if not path.endswith("1.0.0/card.md")}

    assert builders.registry_of(files).models["churn"].versions["1.0.0"].card is None


def test_a_metric_is_that_of_the_first_measurement_that_has_it() -> None:
    later = an_evaluation(
        "1.0.0", dataset={"name": "panel", "version": "1"}, metrics={"auc": 0.1, "recall": 0.7}
    )
    version = builders.registry_of({**BASE, **later}).models["churn"].versions["1.0.0"]

    assert version.metric("auc") == 0.914
    assert version.metric("auc", "panel") == 0.1
    assert version.metric("recall") == 0.7
    assert version.metric("recall", "customers-2026") is None
    assert version.metric("f1") is None


def test_a_broken_record_measures_nothing_by_itself() -> None:
    files = {
        **BASE,
        layout.version("churn", "1.0.0"): b"schema: version/v1\n",
        **an_evaluation("1.0.0"),
        **an_evaluation("1.0.0", "broken", metrics={}),
    }
    version = builders.registry_of(files).models["churn"].versions["1.0.0"]

    assert [measurement.dataset.name for measurement in version.measurements] == ["fairness-panel"]


def test_waivers_lie_with_their_model() -> None:
    registry = builders.registry_of({**BASE, **a_waiver(), "registry/models/churn/notes.txt": b""})

    assert {name: waiver.must.rule for name, waiver in registry.models["churn"].waivers.items()} == {
        "slow": "metric-misses-gate"
    }
    assert registry.models["model-00001"].waivers == {}


def test_nothing_lies_between_a_registry_and_itself() -> None:
    found = changes.between(builders.registry_of(BASE), builders.registry_of(BASE))

    assert (
        found.edits,
        found.paths,
        found.steps,
        found.registered,
        found.new_models,
        found.moves,
        found.classes,
    ) == ((), frozenset(), (), (), (), (), ())


POINTS_BACK = builders.an_assignment(version="1.1.0", stage="production", previous="1.0.0")
OBJECT = {f"registry/.store/files/md5/ab/{'c' * 30}": b""}


@pytest.mark.parametrize(
    ("before", "after", "classes"),
    [
        pytest.param({}, builders.a_model("new"), ("new model",), id="a new model with a version"),
        pytest.param({}, builders.a_model("new") | OBJECT, ("new model",), id="a new model with its bytes"),
        pytest.param({}, {"registry/models/new/training/a.py": b"", **builders.a_model("new")}, ("new model",), id="a new model with its code"),
        pytest.param({}, builders.a_version(version="1.3.0") | OBJECT, ("new version",), id="a new version with its bytes"),
        pytest.param({}, {**builders.a_version(version="1.3.0"), **an_evaluation("1.3.0")}, ("new version",), id="a new version with an evaluation"),
        pytest.param({}, OBJECT, ("new version",), id="bytes alone"),
        pytest.param({}, POINTS_BACK, ("promotion",), id="a promotion"),
        pytest.param(POINTS_BACK, builders.an_assignment(version="1.0.0", stage="production", previous="1.1.0"), ("rollback",), id="a rollback"),
        pytest.param({}, builders.an_assignment("new", "1.0.0"), ("promotion",), id="a promotion of no model"),
        pytest.param({layout.stage("churn", "production"): b"{}"}, POINTS_BACK, ("promotion",), id="a promotion over what cannot be read"),
        pytest.param({}, yanked("1.1.0"), ("yank",), id="a yank"),
        pytest.param({}, an_evaluation("1.1.0"), ("evaluation",), id="an evaluation"),
        pytest.param({}, a_waiver(), ("waiver",), id="a waiver"),
        pytest.param({}, {layout.model("churn"): b"x"}, ("metadata",), id="metadata"),
        pytest.param({}, {"registry/models/churn/training/train.py": b"x"}, ("metadata",), id="training code"),
        pytest.param({}, {layout.POLICY: b"x"}, ("policy",), id="policy"),
        pytest.param({}, {"README.md": b"x"}, ("tooling",), id="what is not the registry's"),
        pytest.param({}, {**POINTS_BACK, **builders.a_version(version="1.3.0"), layout.POLICY: b"x", "README.md": b""}, ("new version", "promotion", "policy", "tooling"), id="all at once"),
    ],
)  # fmt: skip
def test_a_change_is_of_a_kind(before: Files, after: Files, classes: tuple[str, ...]) -> None:
    old = {**BASE, **before}

    assert (
        changes.between(builders.registry_of(old), builders.registry_of({**old, **after})).classes == classes
    )


def test_a_version_that_is_born_in_a_stage_is_also_a_promotion() -> None:
    born = builders.a_version(version="1.3.0") | builders.an_assignment(
        version="1.3.0", stage="production", previous="1.0.0"
    )
    found = changes.between(builders.registry_of(BASE), builders.registry_of({**BASE, **born}))

    assert found.moves == (Move("churn", "production", "1.0.0", "1.3.0"),)
    assert found.registered == (Place("version", "churn", "1.3.0"),)
    assert found.classes == ("new version", "promotion")


def test_a_model_that_is_born_in_a_stage_moves_it_from_nobody() -> None:
    born = builders.a_model("new") | builders.an_assignment("new", "1.0.0")
    found = changes.between(builders.registry_of(BASE), builders.registry_of({**BASE, **born}))

    assert (found.moves, found.new_models) == ((Move("new", "staging", None, "1.0.0"),), ("new",))
    assert found.registered == (Place("version", "new", "1.0.0"),)


def test_an_emptied_stage_moves_to_nobody() -> None:
    path = layout.stage("churn", "production")
    emptied = {known: data for known, data in BASE.items() if known != path}
    gone = {known: data for known, data in BASE.items() if "/churn/" not in known}
    before = builders.registry_of(BASE)

    assert changes.between(before, builders.registry_of(emptied)).moves == (
        Move("churn", "production", "1.0.0", None),
    )
    assert changes.between(before, builders.registry_of(gone)).moves[0] == Move(
        "churn", "production", "1.0.0", None
    )
