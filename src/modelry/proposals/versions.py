"""Proposals that are about one version: that it exists, what was measured of it, that nobody takes it, that one may again."""

from typing import Any

from modelry.errors import ConflictError, RefusedError, UsageError
from modelry.model import layout
from modelry.model.files import Files
from modelry.model.names import Reference
from modelry.model.registry import Registry, Version
from modelry.proposals.base import Content, Proposal, body, command, option, result


def register(record: Content, pointer: Files, card: str, objects: Files, model: Content | None) -> Proposal:
    """Propose a new version. `record` is the whole `version.yaml`; `model` is given for the first version."""
    name, number = str(record["model"]), str(record["version"])
    documents = {layout.version(name, number): record}
    if model is not None:
        documents[layout.model(name)] = model
    artifact = record["artifact"]
    text = body(
        what=[str(record["summary"])],
        why=f"{artifact['path']}, {artifact['size']:,} bytes, sha256 {artifact['sha256']}",
        evidence=[result(one["dataset"]["name"], one["metrics"]) for one in record["evaluations"]],
        undo=[command("yank", f"{name}@{number}", "--reason", "undo: registered by mistake")],
    )
    files = {**pointer, **objects, layout.version(name, number, "card.md"): card.encode()}
    return Proposal(f"register/{name}/{number}", f"Register {name} {number}", text, documents, files)


def evaluate(version: Version, name: str, evaluation: Content) -> Proposal:
    """Propose evidence on a version that is merged; raises `ConflictError` when the name is taken."""
    path = layout.evaluation(version.model, version.number, name)
    if name in version.evaluations:
        raise ConflictError(
            f"{version.label} has an evaluation {name}", hint="evidence is add-only: choose another --name"
        )
    dataset = evaluation["dataset"]["name"]
    better = command("evaluate", version.label, "FILE", "--name", f"{name}-corrected")
    text = body(
        what=[f"{version.label} was measured on {dataset}."],
        why=str(evaluation["summary"]),
        evidence=[result(dataset, evaluation["metrics"])],
        undo=[f"evidence is add-only; better results stand beside it: {better}"],
    )
    title = f"Evaluate {version.label} on {dataset}"
    return Proposal(f"evaluate/{version.model}/{version.number}/{name}", title, text, {path: evaluation})


def yank(
    registry: Registry,
    version: Version,
    reason: str,
    severity: str,
    replacement: str | None,
    advisory: str | None = None,
) -> Proposal:
    """Propose that nobody takes a version any more; raises `RefusedError` while it holds a stage."""
    model = registry.model(version.model)
    held = {stage: model.holder(stage) for stage in model.stages}
    stages = [stage for stage, holder in held.items() if holder and holder.number == version.number]
    if version.yanked is not None:
        raise ConflictError(f"{version.label} is yanked already", hint="there is nothing to do")
    if stages:
        raise RefusedError(
            f"{version.label} holds {', '.join(stages)}",
            hint=f"first: modelry rollback {model.name} {stages[0]} --reason …",
        )
    document: dict[str, Any] = {"schema": "yank/v1", "reason": reason, "severity": severity}
    if replacement is not None:
        document["replacement"] = _replacement(registry, version, replacement)
    if advisory is not None:
        document["advisory"] = advisory
    instead = [f"to take instead: {document['replacement']}"] if "replacement" in document else []
    text = body(
        what=[f"{version.label} stays on record, but resolve and pull refuse it."],
        why=reason,
        evidence=[f"severity: {severity}", *instead, *([advisory] if advisory else [])],
        undo=[command("unyank", version.label, "--reason", f"undo: {version.number} is sound")],
    )
    path = layout.version(model.name, version.number, "yanked.yaml")
    return Proposal(f"yank/{model.name}/{version.number}", f"Yank {version.label}", text, {path: document})


def _replacement(registry: Registry, version: Version, number: str) -> str:
    other = registry.find(Reference(version.model, number, None))
    if other.number == version.number or other.yanked is not None:
        why = "is yanked itself" if other.yanked is not None else "is what would be yanked"
        raise UsageError(f"{other.label} {why}", hint="name another --replacement")
    return other.number


def unyank(version: Version, reason: str) -> Proposal:
    """Propose that a withdrawn version may be taken again; its tombstone goes, and a record keeps its words.

    Raises `ConflictError` when it is not yanked.
    """
    if version.yanked is None:
        raise ConflictError(f"{version.label} is not yanked", hint="there is nothing to do")
    tombstone = version.yanked.must
    words = tombstone.model_dump(mode="json", by_alias=True, exclude_none=True)
    again = [
        *("--reason", tombstone.reason, "--severity", tombstone.severity),
        *option("--replacement", tombstone.replacement),
        *option("--advisory", tombstone.advisory),
    ]
    text = body(
        what=[f"{version.label} may be taken again: resolve and pull no longer refuse it."],
        why=reason,
        evidence=[f"it was withdrawn (severity: {tombstone.severity}): {tombstone.reason}"],
        undo=[command("yank", version.label, *again)],
    )
    path = layout.unyank(version.model, version.number, len(version.unyanked) + 1)
    return Proposal(
        f"unyank/{version.model}/{version.number}",
        f"Take {version.label} back into use",
        text,
        {path: {"schema": "unyank/v1", "reason": reason, "yank": words}},
        removed=(layout.version(version.model, version.number, "yanked.yaml"),),
    )
