"""Prepared changes, and what a review says of them: each is made as a branch of a real repository, on 15 June 2026.

`PYTHONPATH=tests python -m reports.reviewed --write` writes every `reviews/<case>/expected.md` anew; read the difference
before you commit it. The README beside it says what a right reviewer decides, and by which line.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import builders
from checks.shown import Clock
from modelry import judging
from modelry.git import Repository
from modelry.model import layout
from modelry.model.files import Files
from modelry.reports import review as reviews

HOME = Path(__file__).parent / "reviews"

DIGESTS = {year: f"sha256:{hashlib.sha256(year.encode()).hexdigest()}" for year in ("2025", "2026")}


class Case(NamedTuple):
    """A change, and the main that it would join."""

    main: Mapping[str, Files]
    """What landed on main, by day."""
    change: Files
    removed: tuple[str, ...] = ()
    began: str = ""
    """The day of main's commit that the branch began at; the last unless told."""


def measured(auc: float = 0.941, recall: float = 0.88, over_80: float = 0.81, **more: Any) -> dict[str, Any]:
    """Give results on the hold-out set, with two slices."""
    given: dict[str, Any] = {
        "dataset": {"name": "holdout", "version": "2026-01"},
        "metrics": {"auc": auc, "recall": recall, "p99_ms": 12.0},
        "slices": {"age-over-80": {"recall": over_80}, "age-under-30": {"recall": 0.9}},
        "intervals": {"auc": {"low": auc - 0.008, "high": auc + 0.008}},
    }
    return given | more


def trained(**overrides: Any) -> dict[str, Any]:
    """Give where a version comes from."""
    data = {
        "name": "customers",
        "uri": "s3://acme-data/customers.parquet",
        "digest": DIGESTS["2025"],
        "license": "LicenseRef-internal",
        "rows": 1_200_000,
    }
    given: dict[str, Any] = {
        "data": [data],
        "code": {
            "repository": "https://github.com/acme/churn",
            "commit": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
        },
        "params": {"learning_rate": 0.05, "max_depth": 6},
        "environment": {"python": "3.11", "scikit-learn": "1.9.1"},
        "seed": 7,
    }
    return given | overrides


def a_version(number: str, model: str = "churn", **overrides: Any) -> Files:
    """Give a version's files, with its object."""
    given: dict[str, Any] = {"evaluations": [measured()], "training": trained(), "extra": None} | overrides
    files = builders.a_version(model, number, **given)
    stored = {f"registry/.store/{path}": data for path, data in builders.store(files).items()}
    return {**files, **stored}


NEWER = trained(
    data=[{**trained()["data"][0], "digest": DIGESTS["2026"], "rows": 1_450_000}],
    code={**trained()["code"], "commit": "9c1185a5c5e9fc54612808977ee8f548b2258d31"},
    params={"learning_rate": 0.03, "max_depth": 8},
)
GATES: list[dict[str, Any]] = [
    {"metric": "auc", "dataset": "holdout", "no_worse_than": "production", "tolerance": 0.005},
    {"metric": "p99_ms", "at_most": 40.0},
]


def a_policy(gates: list[dict[str, Any]] | None = None, **production: Any) -> Files:
    """Give a policy whose production asks for staging, approval and gates."""
    stage = {
        "name": "production",
        "after": ["staging"],
        "soak": "7d",
        "approvals": {"count": 1, "from": ["@acme/risk"]},
        "gates": GATES if gates is None else gates,
    }
    return builders.a_policy(
        remotes={"store": {"url": ".store"}},
        metrics={
            "auc": {"goal": "maximize"},
            "recall": {"goal": "maximize"},
            "p99_ms": {"goal": "minimize", "unit": "ms"},
        },
        stages=[{"name": "staging", "gates": [{"metric": "auc", "at_least": 0.8}]}, stage | production],
    )


def a_model(name: str = "churn", **overrides: Any) -> Files:
    """Give a model's own document."""
    consumers = [
        {"name": "billing", "contact": "@acme/billing"},
        {"name": "retention", "url": "https://wiki.acme.example/retention"},
    ]
    document = builders.a_document("model", deprecated=None, profile=None, consumers=consumers, **overrides)
    return {layout.model(name): builders.text("model", document)}


def holds(
    number: str, stage: str, previous: str | None, model: str = "churn", reason: str = "better"
) -> Files:
    """Give an assignment."""
    return builders.an_assignment(model, number, stage, previous=previous, reason=reason)


def grown(
    challenger: Files, policy: Files | None = None, number: str = "1.3.0", staged: str = "2026-06-01"
) -> dict[str, Files]:
    """Give a main on which 1.2.0 is in production, and a challenger in staging since a day."""
    return {
        "2026-05-01": {
            **(policy or a_policy()),
            **a_model(),
            **a_version("1.2.0"),
            **holds("1.2.0", "staging", None),
        },
        "2026-05-10": holds("1.2.0", "production", None),
        staged: {**challenger, **holds(number, "staging", "1.2.0")},
    }


def promoted(challenger: Files, policy: Files | None = None, number: str = "1.3.0", **more: Any) -> Case:
    """Give the promotion of a challenger to production."""
    reason = "better on customers of 2026"
    return Case(
        grown(challenger, policy, number, **more), holds(number, "production", "1.2.0", reason=reason)
    )


def _slice_regression() -> Case:
    better = measured(auc=0.947, recall=0.891, over_80=0.72)
    return promoted(a_version("1.3.0", evaluations=[better], training=NEWER))


def _changed_input_type() -> Case:
    signature = {
        "inputs": [{"name": "features", "dtype": "int64", "shape": [None, 12]}],
        "outputs": [{"name": "probability", "dtype": "float32", "shape": [None]}],
    }
    challenger = a_version("2.0.0", evaluations=[measured(auc=0.95)], training=NEWER, signature=signature)
    return promoted(challenger, number="2.0.0")


def _stale_base() -> Case:
    first, second = (
        a_version("1.2.1", evaluations=[measured(auc=0.944)]),
        a_version("1.3.0", evaluations=[measured(auc=0.946)]),
    )
    main = {
        "2026-05-01": {**a_policy(), **a_model(), **a_version("1.2.0"), **holds("1.2.0", "staging", None)},
        "2026-05-10": holds("1.2.0", "production", None),
        "2026-05-20": {**first, **holds("1.2.1", "staging", "1.2.0")},
        "2026-06-01": {**second, **holds("1.3.0", "staging", "1.2.1")},
        "2026-06-12": holds("1.2.1", "production", "1.2.0", reason="mends the leak of 1.2.0"),
    }
    return Case(main, holds("1.3.0", "production", "1.2.0"), began="2026-06-01")


def _waiver_about_to_expire() -> Case:
    slow = measured(auc=0.949, metrics={"auc": 0.949, "recall": 0.89, "p99_ms": 55.0})
    waiver = builders.a_document("waiver", version="1.3.0", gate=None, expires="2026-06-18")
    case = promoted(a_version("1.3.0", evaluations=[slow], training=NEWER))
    days = dict(case.main)
    path = "registry/models/churn/waivers/slow-cluster.yaml"
    return case._replace(main={**days, "2026-06-05": {path: builders.text("waiver", waiver)}})


def _better_on_other_data() -> Case:
    other = {"name": "holdout", "version": "2026-02"}
    challenger = a_version(
        "1.3.0", evaluations=[measured(auc=0.962, recall=0.93, dataset=other)], training=NEWER
    )
    return promoted(challenger, a_policy([{"metric": "auc", "at_least": 0.9}]))


def _soak_not_over() -> Case:
    challenger = a_version("1.3.0", evaluations=[measured(auc=0.95)], training=NEWER)
    return promoted(challenger, staged="2026-06-12")


def _license_change() -> Case:
    challenger = a_version("1.4.0", evaluations=[measured(auc=0.952)], training=NEWER, license="CC-BY-NC-4.0")
    return Case(grown(a_version("1.3.0", evaluations=[measured(auc=0.945)])), challenger)


def _pickle_into_production() -> Case:
    plain = a_version("1.3.0", evaluations=[measured(auc=0.948)])
    record = layout.version("churn", "1.3.0")
    pickled = {
        record: plain[record]
        .replace(b"format: onnx", b"format: pickle")
        .replace(b"path: model.onnx", b"path: model.pkl"),
        layout.version("churn", "1.3.0", "model.pkl.dvc"): plain[
            layout.version("churn", "1.3.0", "model.onnx.dvc")
        ].replace(b"model.onnx", b"model.pkl"),
    }
    return promoted(
        {path: data for path, data in {**plain, **pickled}.items() if not path.endswith("model.onnx.dvc")}
    )


def _softer_policy_rides_along() -> Case:
    challenger = a_version("1.3.0", evaluations=[measured(auc=0.925)], training=NEWER)
    softer = a_policy([{**GATES[0], "tolerance": 0.02}, GATES[1]])
    case = promoted(challenger)
    return case._replace(change={**case.change, **softer})


def _batch_with_one_bad() -> Case:
    main: dict[str, Files] = {"2026-05-01": dict(a_policy()), "2026-05-10": {}, "2026-06-01": {}}
    change: Files = {}
    for model, auc in (("churn", 0.946), ("fraud", 0.921), ("upsell", 0.95)):
        challenger = a_version("1.3.0", model, evaluations=[measured(auc=auc)])
        main["2026-05-01"] = {
            **main["2026-05-01"],
            **a_model(model),
            **a_version("1.2.0", model),
            **holds("1.2.0", "staging", None, model),
        }
        main["2026-05-10"] = {**main["2026-05-10"], **holds("1.2.0", "production", None, model)}
        main["2026-06-01"] = {**main["2026-06-01"], **challenger, **holds("1.3.0", "staging", "1.2.0", model)}
        change = {**change, **holds("1.3.0", "production", "1.2.0", model, "the June retraining")}
    return Case(main, change)


def _evidence_against_the_champion() -> Case:
    document = builders.a_document(
        "evaluation",
        summary="On the customers of the new region",
        dataset={"name": "holdout", "version": "2026-01"},
        metrics={"auc": 0.79},
        code=None,
    )
    path = layout.evaluation("churn", "1.3.0", "new-region")
    main = grown(a_version("1.3.0", evaluations=[measured(auc=0.945)]))
    return Case(main, {path: builders.text("evaluation", document)})


def _yank_of_the_latest() -> Case:
    tombstone = builders.text("yank", builders.a_document("yank", replacement="1.2.0"))
    main = grown(a_version("1.3.0"))
    main["2026-06-05"] = holds("1.2.0", "staging", "1.3.0", reason="back: 1.3.0 saw the test set")
    return Case(main, {layout.version("churn", "1.3.0", "yanked.yaml"): tombstone})


def _stricter_policy_that_a_champion_fails() -> Case:
    stricter = a_policy([{"metric": "auc", "at_least": 0.95}, {**GATES[0], "tolerance": 0.01}], soak="3d")
    return Case(grown(a_version("1.3.0")), stricter)


def _waiver_for_everything() -> Case:
    waiver = builders.a_document("waiver", version=None, stage=None, gate=None, expires="2026-12-31")
    return Case(
        grown(a_version("1.3.0")), {"registry/models/churn/waivers/all.yaml": builders.text("waiver", waiver)}
    )


def _rollback() -> Case:
    bad = a_version("1.3.0", evaluations=[measured(auc=0.95)], training=NEWER)
    main = grown(bad) | {"2026-06-10": holds("1.3.0", "production", "1.2.0")}
    return Case(main, holds("1.2.0", "production", "1.3.0", reason="1.3.0 answers late on old phones"))


def _deprecation() -> Case:
    deprecated = {"reason": "superseded by the household model", "replacement": "household-churn"}
    document = builders.a_document("model", profile=None, deprecated=deprecated, owners=["@bob"])
    return Case(grown(a_version("1.3.0")), {layout.model("churn"): builders.text("model", document)})


CASES: dict[str, Callable[[], Case]] = {
    "batch-with-one-bad": _batch_with_one_bad,
    "better-on-other-data": _better_on_other_data,
    "changed-input-type": _changed_input_type,
    "deprecation": _deprecation,
    "evidence-against-the-champion": _evidence_against_the_champion,
    "license-change": _license_change,
    "pickle-into-production": _pickle_into_production,
    "rollback": _rollback,
    "slice-regression": _slice_regression,
    "soak-not-over": _soak_not_over,
    "softer-policy-rides-along": _softer_policy_rides_along,
    "stale-base": _stale_base,
    "stricter-policy-that-a-champion-fails": _stricter_policy_that_a_champion_fails,
    "waiver-about-to-expire": _waiver_about_to_expire,
    "waiver-for-everything": _waiver_for_everything,
    "yank-of-the-latest": _yank_of_the_latest,
}
"""Every prepared change, by the name of its folder."""


def review(case: Case, top: Path) -> reviews.Review:
    """Make a case a repository at `top`, and review its branch there."""
    stream = []
    for day, files in case.main.items():
        stream.append(_commit("main", day, files))
        if day == (case.began or list(case.main)[-1]):
            stream.append(b"reset refs/heads/change\nfrom refs/heads/main\n\n")
    stream.append(_commit("change", "2026-06-15", case.change))
    _git(top, b"", "init", "--quiet", "--template=", "--initial-branch=main")
    _git(top, b"".join(stream), "fast-import", "--quiet")
    repository = Repository(top)
    with patch.object(judging, "datetime", Clock):
        context, standing = judging.proposed(
            repository, repository.commit("main"), repository.commit("change")
        )
    return reviews.review(context, standing)


def _commit(branch: str, day: str, files: Files) -> bytes:
    when = datetime.fromisoformat(f"{day}T12:00:00Z").timestamp()
    head = f"commit refs/heads/{branch}\ncommitter Alice <alice@acme.example> {when:.0f} +0000\ndata 8\na moment\n"
    parts = [head.encode()]
    for path, data in sorted(files.items()):
        parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    return b"".join(parts)


def _git(top: Path, given: bytes, *args: str) -> None:
    subprocess.run(["git", "-C", os.fspath(top), *args], input=given, check=True)


def _write() -> None:
    for name, make in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            told = reviews.FORMATS["markdown"](review(make(), Path(folder)))
        (HOME / name).mkdir(parents=True, exist_ok=True)
        (HOME / name / "expected.md").write_text(told, "utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    _write()
