"""Valid documents, versions and whole registries, for tests to bend; also the synthetic ones of the benchmarks."""

import copy
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from modelry.checks import Finding, Severity
from modelry.model import examples, layout, schema
from modelry.model.files import REGULAR, Entry, Files, Tree
from modelry.model.registry import Registry
from modelry.storage import documents, yaml

CARD = """# {label}

## Intended use

To be shown in tests.

## Limitations

It knows nothing about the world.
"""


def a_document(kind: str, **overrides: Any) -> dict[str, Any]:
    """Give a valid document of a kind; an override of None removes the field."""
    made = copy.deepcopy(examples.OF[kind]) | overrides
    return {name: value for name, value in made.items() if value is not None or name == "previous"}


def text(kind: str, document: Mapping[str, Any]) -> bytes:
    """Give a document as a scaffolded file."""
    return (schema.header(kind) + yaml.dump(document)).encode()


def artifact(model: str, version: str) -> bytes:
    """Give the bytes of a version's artifact: small, and different for each."""
    return f"the weights of {model} {version}\n".encode() * 8


def a_pointer(data: bytes) -> bytes:
    """Give the pointer that `dvc add model.onnx` writes for these bytes."""
    md5 = hashlib.md5(data).hexdigest()
    return f"outs:\n- md5: {md5}\n  size: {len(data)}\n  hash: md5\n  path: model.onnx\n".encode()


def a_version(
    model: str = "churn", version: str = "1.0.0", data: bytes | None = None, **overrides: Any
) -> dict[str, bytes]:
    """Give the files of a version: its record, pointer and card, in agreement with each other."""
    data = artifact(model, version) if data is None else data
    sha256 = hashlib.sha256(data).hexdigest()
    document = a_document(
        "version",
        model=model,
        version=version,
        artifact={"path": "model.onnx", "format": "onnx", "size": len(data), "sha256": sha256},
        parents=None,
    )
    return {
        layout.version(model, version): text("version", document | overrides),
        layout.version(model, version, "model.onnx.dvc"): a_pointer(data),
        layout.version(model, version, "card.md"): CARD.format(label=f"{model} {version}").encode(),
    }


def an_assignment(
    model: str = "churn",
    version: str = "1.0.0",
    stage: str = "staging",
    **overrides: Any,
) -> dict[str, bytes]:
    """Give the file by which a version holds a stage."""
    sha256 = hashlib.sha256(artifact(model, version)).hexdigest()
    document = a_document("assignment", version=version, sha256=sha256, previous=None, evidence=None)
    return {layout.stage(model, stage): text("assignment", document | overrides)}


def a_policy(**overrides: Any) -> dict[str, bytes]:
    """Give the file of a policy with two stages and gates on auc."""
    document = a_document(
        "registry",
        remotes={"store": {"url": "../store"}},
        profiles={},
        formats={},
        signers=None,
        webhooks=None,
        sources=None,
        stages=[
            {"name": "staging", "gates": [{"metric": "auc", "at_least": 0.8}]},
            {
                "name": "production",
                "after": ["staging"],
                "gates": [{"metric": "auc", "no_worse_than": "production", "tolerance": 0.005}],
            },
        ],
    )
    return {layout.POLICY: text("registry", document | overrides)}


def a_model(name: str = "churn", versions: Iterable[str] = ("1.0.0",), **overrides: Any) -> dict[str, bytes]:
    """Give the files of a model with these versions, none in a stage."""
    document = a_document("model", deprecated=None, profile=None)
    files = {layout.model(name): text("model", document | overrides)}
    for version in versions:
        files |= a_version(name, version)
    return files


def a_yank(model: str, version: str) -> dict[str, bytes]:
    """Give the tombstone of a version."""
    path = layout.version(model, version, "yanked.yaml")
    return {path: text("yank", a_document("yank", replacement=None))}


def a_registry(models: int = 1, versions: int = 2) -> Files:
    """Give a synthetic registry: the lowest version of each model in production, the highest in staging."""
    files: dict[str, bytes] = a_policy()
    names = ["churn", *(f"model-{number:05}" for number in range(1, models))]
    for name in names[:models]:
        numbers = [f"1.{minor}.0" for minor in range(versions)]
        files |= a_model(name, numbers)
        files |= an_assignment(name, numbers[0], "production")
        files |= an_assignment(name, numbers[-1], "staging")
    return files


def store(files: Files) -> Files:
    """Give the objects of the DVC remote that the pointers of a registry made here point to."""
    objects: dict[str, bytes] = {}
    for path in files:
        place = layout.place(path)
        if place is not None and place.kind == "pointer":
            data = artifact(place.model, place.name)
            md5 = hashlib.md5(data).hexdigest()
            objects[f"files/md5/{md5[:2]}/{md5[2:]}"] = data
    return objects


def tree_of(files: Files) -> Tree:
    """Give files as a tree, all of them regular."""
    entries = {path: Entry(REGULAR, hashlib.sha1(data).hexdigest()) for path, data in sorted(files.items())}
    return Tree(entries, lambda path: files[path])


def registry_of(files: Files) -> Registry:
    """Give files as a registry."""
    return documents.registry(tree_of(files))


def a_finding(**overrides: Any) -> Finding:
    """Give an error of a rule in the second line of a file; `rule`, `path` and the words are the test's to say."""
    given: dict[str, Any] = {"line": 2, "column": 10, "severity": Severity.ERROR} | overrides
    return Finding(**given)
