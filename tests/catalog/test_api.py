"""The JSON API: whole documents, their schemas, and what hangs together by hashes."""

import hashlib
import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import builders
from catalog.registries import COMMIT, MOMENT, a_rich_one, events, registry
from modelry import catalog
from modelry.catalog import Moment
from modelry.model import layout
from modelry.model.files import Files


def api(files: Files, moment: Moment = MOMENT) -> dict[str, Any]:
    made = catalog.files(registry(files), moment)
    begin = "docs/api/v1/"
    return {
        path.removeprefix(begin): json.loads(data)
        for path, data in made.items()
        if path.startswith(begin) and path.endswith(".json")
    }


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def test_a_model_document_says_all_that_a_client_needs() -> None:
    data = builders.artifact("churn", "1.0.0")
    example = builders.a_document("model", deprecated=None)
    made = api(builders.a_registry(1, 1))
    assert made["models/churn.json"] == {
        "schema": "model-document/v1",
        "registry": "acme-models",
        "sequence": 7,
        "commit": COMMIT,
        "generated_at": "2026-03-02T08:30:00Z",
        "snapshot_sha256": made["index.json"]["snapshot"]["sha256"],
        "model": "churn",
        "title": example["title"],
        "summary": example["summary"],
        "owners": ["@alice", "@acme/growth"],
        "task": "tabular-classification",
        "tags": ["customers"],
        "deprecated": None,
        "latest": "1.0.0",
        "stages": {
            stage: {
                "version": "1.0.0",
                "sha256": sha256(data),
                "size": len(data),
                "previous": None,
                "reason": "better on new customers, no worse elsewhere",
                "since": None,
                "pull_request": None,
                "due": None,
            }
            for stage in ("staging", "production")
        },
        "versions": {
            "1.0.0": {
                "ordinal": 1,
                "created": "2026-03-01T12:00:00Z",
                "summary": "Trained on the first quarter as well.",
                "license": "Apache-2.0",
                "artifact": {
                    "path": "model.onnx",
                    "format": "onnx",
                    "size": len(data),
                    "sha256": sha256(data),
                },
                "md5": md5(data),
                "yanked": None,
                "unyanked": [],
                "metrics": {"customers-2026": {"auc": 0.914, "p99_ms": 12.5}},
            }
        },
        "remotes": [{"name": "store", "url": "../store"}],
        "repository": "https://github.com/acme/models",
    }


def test_index_snapshot_and_version_hang_together_by_their_hashes() -> None:
    made = catalog.files(registry(builders.a_registry(1, 1)), MOMENT)
    index = json.loads(made["docs/api/v1/index.json"])
    snapshot = made[f"docs/api/v1/{index['snapshot']['path']}"]
    data = builders.artifact("churn", "1.0.0")
    assert index == {
        "schema": "index/v1",
        "registry": "acme-models",
        "title": "Acme models",
        "url": "https://acme.github.io/models",
        "repository": "https://github.com/acme/models",
        "sequence": 7,
        "commit": COMMIT,
        "generated_at": "2026-03-02T08:30:00Z",
        "snapshot": {"path": f"s/{sha256(snapshot)}.json", "sha256": sha256(snapshot), "size": len(snapshot)},
        "counts": {"models": 1, "versions": 1, "yanked": 0, "bytes": len(data), "faults": 0},
    }
    listed = json.loads(snapshot)["models"]["churn"]
    held = {"version": "1.0.0", "sha256": sha256(data), "size": len(data)}
    document = made[f"docs/api/v1/{listed['versions']['1.0.0']['document']}"]
    assert listed == {
        "title": "Customer churn",
        "task": "tabular-classification",
        "latest": "1.0.0",
        "stages": {"staging": held, "production": held},
        "versions": {
            "1.0.0": {
                "document": f"o/{sha256(document)}.json",
                "sha256": sha256(data),
                "size": len(data),
                "yanked": False,
            }
        },
    }
    assert made["docs/api/v1/models/churn/versions/1.0.0.json"] == document
    record = json.loads(document).pop("record")
    assert record == builders.a_document("version", model="churn", version="1.0.0", parents=None) | {
        "artifact": {"path": "model.onnx", "format": "onnx", "size": len(data), "sha256": sha256(data)}
    }
    assert json.loads(document)["card"]["untrusted"] is True


def test_a_stage_document_names_the_version_and_its_bytes() -> None:
    made = api(builders.a_registry(1, 2))
    data = builders.artifact("churn", "1.1.0")
    assert made["models/churn/stages/staging.json"] == {
        "schema": "stage-document/v1",
        "registry": "acme-models",
        "sequence": 7,
        "commit": COMMIT,
        "generated_at": "2026-03-02T08:30:00Z",
        "snapshot_sha256": made["index.json"]["snapshot"]["sha256"],
        "model": "churn",
        "stage": "staging",
        "version": "1.1.0",
        "sha256": sha256(data),
        "size": len(data),
        "previous": None,
        "reason": "better on new customers, no worse elsewhere",
        "since": None,
        "pull_request": None,
        "due": None,
        "document": f"o/{sha256(canonical(made['models/churn/versions/1.1.0.json']))}.json",
    }


def canonical(document: object) -> bytes:
    return f"{json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}\n".encode()


def test_a_row_of_the_catalog_has_what_a_list_shows() -> None:
    (row,) = api(builders.a_registry(1, 2))["catalog.json"]["models"]
    assert row == {
        "model": "churn",
        "title": "Customer churn",
        "summary": "How likely a customer is to leave within 90 days.",
        "task": "tabular-classification",
        "tags": ["customers"],
        "owners": ["@alice", "@acme/growth"],
        "formats": ["onnx"],
        "latest": "1.1.0",
        "stages": {"production": "1.0.0", "staging": "1.1.0"},
        "updated": "2026-03-01T12:00:00Z",
        "deprecated": False,
    }


def test_documents_are_canonical() -> None:
    made = catalog.files(registry(a_rich_one()), MOMENT)
    for path, data in made.items():
        if path.endswith(".json"):
            assert data == canonical(json.loads(data)), path


def test_a_yank_stands_in_the_model_and_not_in_the_version() -> None:
    made = api(a_rich_one())
    yanked = made["models/churn.json"]["versions"]["1.1.0"]["yanked"]
    assert yanked == {
        "reason": "trained on rows of the test set",
        "severity": "high",
        "replacement": "1.2.0",
        "advisory": "https://acme.example/advisories/7",
    }
    assert "yanked" not in made["models/churn/versions/1.1.0.json"]
    assert made["models/churn.json"]["latest"] == "1.2.0"


def test_a_yank_that_was_lifted_stands_beside_the_one_that_holds() -> None:
    tombstone = builders.a_document("yank", replacement="1.2.0")
    unyank = builders.a_document("unyank", reason="the rows are gone", yank=tombstone)
    path = layout.unyank("churn", "1.1.0", 1)
    files = {**a_rich_one(), path: builders.text("unyank", unyank)}
    versions = api(files)["models/churn.json"]["versions"]
    yanked = versions["1.1.0"]["yanked"]
    assert versions["1.1.0"]["unyanked"] == [{"reason": "the rows are gone", "yank": yanked}]
    assert versions["1.2.0"]["unyanked"] == []


def test_a_tombstone_that_cannot_be_read_still_withdraws() -> None:
    files = {**a_rich_one(), layout.version("churn", "1.1.0", "yanked.yaml"): b"schema: yank/v1\n"}
    yanked = api(files)["models/churn.json"]["versions"]["1.1.0"]["yanked"]
    assert yanked["severity"] == "high"


def test_what_is_measured_later_joins_the_results() -> None:
    metrics = api(a_rich_one())["models/churn.json"]["versions"]["1.0.0"]["metrics"]
    assert metrics == {"customers": {"auc": 0.9, "p99_ms": 14.0}, "fairness-panel": {"auc": 0.908}}


def test_what_has_faults_is_left_out_and_counted() -> None:
    made = api(a_rich_one())
    assert made["models/broken.json"]["versions"] == {}
    assert made["models/broken.json"]["latest"] is None
    assert made["index.json"]["counts"] == {
        "models": 3,
        "versions": 5,
        "yanked": 1,
        "bytes": 1152,
        "faults": 1,
    }


def test_a_stage_whose_version_is_missing_is_empty() -> None:
    files = {**builders.a_registry(1, 1), **builders.an_assignment("churn", "9.9.9", "staging")}
    made = api(files)
    assert list(made["models/churn.json"]["stages"]) == ["production"]
    assert made["index.json"]["counts"]["faults"] == 1


@pytest.mark.parametrize(
    ("known", "ordinals"),
    [
        ((), {"1.0.0": 1, "1.1.0": 2, "1.2.0": 3, "2.0.0-rc.1": 4}),
        (("1.2.0", "1.0.0"), {"1.2.0": 1, "1.0.0": 2, "1.1.0": 3, "2.0.0-rc.1": 4}),
    ],
)
def test_ordinals_follow_main_and_then_the_records(known: tuple[str, ...], ordinals: dict[str, int]) -> None:
    first = events()[0]
    told = tuple(
        first._replace(version=version, landing=first.landing._replace(commit=f"{at:040x}"))
        for at, version in enumerate(known)
    )
    versions = api(a_rich_one(), replace(MOMENT, events=told))["models/churn.json"]["versions"]
    assert {number: version["ordinal"] for number, version in versions.items()} == ordinals


def test_a_remote_inside_the_registry_is_published_with_the_site() -> None:
    files = {
        **builders.a_registry(1, 1),
        **builders.a_policy(
            remotes={"here": {"url": ".artifacts"}, "s3": {"url": "s3://x", "public": "https://x.example"}}
        ),
    }
    objects = {f"registry/.artifacts/{path}": data for path, data in builders.store(files).items()}
    ((path, data),) = objects.items()
    objects["registry/.artifacts/files/md5/00/00000000000000000000000000000"] = b"nobody points here"
    made = catalog.files(registry({**files, **objects}), MOMENT)
    published = {name: held for name, held in made.items() if "/artifacts/" in name}
    assert published == {f"docs/api/v1/artifacts/here/{path.removeprefix('registry/.artifacts/')}": data}
    document = json.loads(made["docs/api/v1/models/churn.json"])
    assert document["remotes"] == [
        {"name": "here", "url": "artifacts/here"},
        {"name": "s3", "url": "https://x.example"},
    ]


@pytest.mark.parametrize(
    ("listing", "found"),
    [
        (b'[{"md5": "%s", "relpath": "a"}]' % md5(b"a").encode(), 2),
        (b'[{"md5": "../../../etc/passwd"}, 3]', 1),
        (b"{}", 1),
        (b"[]", 1),
        (b"[[[", 1),
    ],
)
def test_a_folder_is_published_with_its_files(listing: bytes, found: int) -> None:
    files = {**builders.a_registry(1, 1), **builders.a_policy(remotes={"here": {"url": ".artifacts"}})}
    pointer = f"outs:\n- md5: {md5(listing)}.dir\n  size: 1\n  nfiles: 1\n  hash: md5\n  path: model.onnx\n"
    files[layout.version("churn", "1.0.0", "model.onnx.dvc")] = pointer.encode()
    for name, data in ((f"{md5(listing)}.dir", listing), (md5(b"a"), b"a")):
        files[f"registry/.artifacts/files/md5/{name[:2]}/{name[2:]}"] = data
    made = catalog.files(registry(files), MOMENT)
    assert len([path for path in made if "/artifacts/here/" in path]) == found


def test_facets_count_models() -> None:
    facets = api(a_rich_one())["facets.json"]["facets"]
    assert facets["task"] == {"regression": 1, "tabular-classification": 2}
    assert facets["deprecated"] == {"false": 2, "true": 1}
    assert facets["owner"] == {"@acme/growth": 3, "@alice": 3}


def test_activity_tells_all_that_happened_in_mains_order() -> None:
    told = api(a_rich_one(), replace(MOMENT, events=events()))["activity.json"]["events"]
    assert [event["commit"] for event in told] == [event.commit for event in events()]
    assert told[0] == {
        "what": "registered",
        "model": "churn",
        "version": "1.0.0",
        "stage": None,
        "previous": None,
        "reason": "so",
        "when": "2026-02-21T08:30:00Z",
        "commit": "0" * 40,
        "proposed_by": ["Ada Test"],
        "pull_request": None,
    }


def test_a_badge_is_as_shields_wants_it_and_as_a_picture() -> None:
    made = catalog.files(registry(a_rich_one()), MOMENT)
    badge = json.loads(made["docs/api/v1/models/churn/badges/production.json"])
    assert badge == {
        "schemaVersion": 1,
        "label": "churn production",
        "message": "1.0.0",
        "color": "2e7d32",
        "cacheSeconds": 300,
    }
    picture = ET.fromstring(made["docs/api/v1/models/churn/badges/production.svg"])  # noqa: S314 - ours
    assert picture.attrib["aria-label"] == "churn production: 1.0.0"
    assert "docs/api/v1/models/churn/badges/latest.svg" in made
