"""What we want merged: each function turns a wish into a `Proposal`, a pull request before it is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelry.errors import ConflictError, NotFoundError, RefusedError
from modelry.model import layout
from modelry.model.documents import VersionRecord
from modelry.model.files import Files
from modelry.model.names import Reference
from modelry.model.registry import Model, Registry, Version

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Proposal:
    """A change of the registry as a value: a branch, what to tell about it, and what it writes."""

    branch: str
    """The branch it lives on; the same wish always has the same, so that asking again updates it."""
    title: str
    """One line."""
    body: str
    """What, why, evidence, and how to undo it; Markdown."""
    documents: Mapping[str, Content] = field(default_factory=dict)
    """The documents that it writes, by path."""
    files: Files = field(default_factory=dict)
    """The other files that it writes, by path."""


def register(record: Content, pointer: Files, card: str, objects: Files, model: Content | None) -> Proposal:
    """Propose a new version. `record` is the whole `version.yaml`; `model` is given for the first version."""
    name, number = str(record["model"]), str(record["version"])
    title = f"Register {name} {number}"
    documents = {layout.version(name, number): record}
    if model is not None:
        documents[layout.model(name)] = model
    measured = [
        f"- {evaluation['dataset']['name']}: "
        + ", ".join(f"{metric} {value:g}" for metric, value in evaluation["metrics"].items())
        for evaluation in record["evaluations"]
    ]
    body = _body(
        what=str(record["summary"]),
        why=f"{record['artifact']['path']}, {record['artifact']['size']:,} bytes, sha256 {record['artifact']['sha256']}",
        evidence=measured,
        undo=f"modelry yank {name}@{number} --reason …",
    )
    files = {**pointer, **objects, layout.version(name, number, "card.md"): card.encode()}
    return Proposal(f"register/{name}/{number}", title, body, documents, files)


def promote(
    registry: Registry, version: Version, stage: str, reason: str, evidence: Sequence[str] = ()
) -> Proposal:
    """Propose that a version takes a stage; raises `ConflictError` when it holds it already."""
    model = registry.model(version.model)
    held = model.holder(stage)
    if held is not None and held.number == version.number:
        raise ConflictError(f"{version.label} holds {stage} already", hint="there is nothing to do")
    document = _assignment(version.record.must, held.number if held else None, reason, evidence)
    body = _body(
        what=f"{stage} of {model.name} passes from {held.number if held else 'nothing'} to {version.number}.",
        why=reason,
        evidence=[f"- {address}" for address in evidence],
        undo=f"modelry rollback {model.name} {stage} --reason …"
        if held
        else f"promote another version to {stage}",
    )
    title = f"Promote {version.label} to {stage}"
    return Proposal(
        f"promote/{model.name}/{stage}/{version.number}",
        title,
        body,
        {layout.stage(model.name, stage): document},
    )


def last_good(model: Model, stage: str, held: Sequence[str], to: str | None) -> Version:
    """Give the version to go back to: `to`, or the last that held the stage and is not yanked.

    `held` are the versions that held it, newest first. Raises `NotFoundError` when there is none to go
    back to, and `RefusedError` for a version that never held the stage: that would be a promotion.
    """
    holder = model.holder(stage)
    if holder is None:
        raise NotFoundError(f"nothing holds {stage} of {model.name}", hint="there is nothing to roll back")
    earlier = [number for number in held if number != holder.number and number in model.versions]
    if to is not None and to not in earlier:
        raise RefusedError(
            f"{model.name}@{to} never held {stage} before",
            hint=f"it was held by {', '.join(dict.fromkeys(earlier)) or 'no other'}; for another: modelry promote",
        )
    good = [number for number in earlier if model.versions[number].yanked is None]
    if to is None and not good:
        raise NotFoundError(
            f"no other version held {stage} of {model.name}", hint="promote another version instead"
        )
    return model.versions[to or good[0]]


def rollback(model: Model, stage: str, target: Version, reason: str) -> Proposal:
    """Propose that a stage goes back to a version that held it before."""
    if target.yanked is not None:
        raise RefusedError(f"{target.label} is yanked", hint="name another version with --to")
    held = model.holder(stage)
    number = held.number if held else None
    document = _assignment(target.record.must, number, reason, ())
    body = _body(
        what=f"{stage} of {model.name} goes back from {number} to {target.number}, which held it before.",
        why=reason,
        evidence=["- rolling back skips all gates but integrity"],
        undo=f"modelry promote {model.name}@{number} {stage} --reason …",
    )
    title = f"Roll {stage} of {model.name} back to {target.number}"
    return Proposal(
        f"rollback/{model.name}/{stage}/{target.number}",
        title,
        body,
        {layout.stage(model.name, stage): document},
    )


def yank(
    registry: Registry, version: Version, reason: str, severity: str, replacement: str | None
) -> Proposal:
    """Propose that nobody takes a version any more; raises `RefusedError` while it holds a stage."""
    model = registry.model(version.model)
    stages = [
        stage
        for stage in model.stages
        if (model.holder(stage) or version).number == version.number and model.holder(stage)
    ]
    if version.yanked is not None:
        raise ConflictError(f"{version.label} is yanked already", hint="there is nothing to do")
    if stages:
        raise RefusedError(
            f"{version.label} holds {', '.join(stages)}",
            hint=f"first: modelry rollback {model.name} {stages[0]}",
        )
    document: dict[str, Any] = {"schema": "yank/v1", "reason": reason, "severity": severity}
    if replacement is not None:
        document["replacement"] = registry.find(Reference(model.name, replacement, None)).number
    body = _body(
        what=f"{version.label} stays on record, but resolve and pull refuse it.",
        why=reason,
        evidence=[],
        undo=f"git revert the merge that brought {layout.version(model.name, version.number, 'yanked.yaml')}",
    )
    return Proposal(
        f"yank/{model.name}/{version.number}",
        f"Yank {version.label}",
        body,
        {layout.version(model.name, version.number, "yanked.yaml"): document},
    )


def evaluate(version: Version, name: str, evaluation: Content) -> Proposal:
    """Propose evidence on a version that is merged; raises `ConflictError` when the name is taken."""
    path = layout.evaluation(version.model, version.number, name)
    if name in version.evaluations:
        raise ConflictError(
            f"{version.label} has an evaluation {name}", hint="evidence is add-only: choose another --name"
        )
    measured = [f"- {metric} {value:g}" for metric, value in evaluation["metrics"].items()]
    body = _body(
        what=f"{version.label} was measured on {evaluation['dataset']['name']}.",
        why=str(evaluation["summary"]),
        evidence=measured,
        undo="git revert the merge",
    )
    title = f"Evaluate {version.label} on {evaluation['dataset']['name']}"
    return Proposal(f"evaluate/{version.model}/{version.number}/{name}", title, body, {path: evaluation})


def _assignment(record: VersionRecord, previous: str | None, reason: str, evidence: Sequence[str]) -> Content:
    document: dict[str, Any] = {
        "schema": "assignment/v1",
        "version": record.version,
        "sha256": record.artifact.sha256,
        "previous": previous,
        "reason": reason,
    }
    return document | ({"evidence": list(evidence)} if evidence else {})


def _body(*, what: str, why: str, evidence: Sequence[str], undo: str) -> str:
    shown = "\n".join(evidence)
    return f"{what}\n\nWhy: {why}\n" + (f"\nEvidence:\n{shown}\n" if evidence else "") + f"\nUndo: {undo}\n"


def skeleton(id_: str, title: str, url: str, repository: str, remote: str) -> Mapping[str, Content]:
    """Give the policy of a new registry: staging and production, with gates that suit most classifiers."""
    policy = {
        "schema": "registry/v1",
        "id": id_,
        "title": title,
        "url": url,
        "repository": repository,
        "remotes": {"store": {"url": remote}},
        "metrics": {
            "accuracy": {"goal": "maximize"},
            "auc": {"goal": "maximize"},
            "recall": {"goal": "maximize"},
            "log_loss": {"goal": "minimize"},
            "rmse": {"goal": "minimize"},
        },
        "stages": [
            {"name": "staging"},
            {"name": "production", "after": ["staging"]},
        ],
    }
    return {layout.POLICY: policy}
