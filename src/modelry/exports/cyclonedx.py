"""CycloneDX 1.6: a machine-learning bill of materials, in which each version is a component."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modelry import __version__
from modelry.exports.base import Choice, Manifests, Options
from modelry.model.documents import Artifact, Measurement, Signature

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"


@dataclass(frozen=True)
class Described:
    """What a component is made of; a ledger and a record both tell it."""

    registry: str
    name: str
    number: str
    summary: str
    authors: tuple[str, ...]
    license: str
    artifact: Artifact
    task: str
    signature: Signature
    measurements: tuple[Measurement, ...]
    properties: Iterable[tuple[str, str]] = ()


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:
    """Give `bom.json`, for exactly these versions."""
    policy = choices[0].policy
    made = document(
        {"type": "data", "bom-ref": policy.id, "name": policy.id, "description": policy.title},
        [component(_described(choice, options)) for choice in choices],
    )
    return {"bom.json": made}


def _described(choice: Choice, options: Options) -> Described:
    record = choice.record
    told = {
        "format": record.artifact.format,
        "size": str(record.artifact.size),
        "sha256": record.artifact.sha256,
        "location": choice.location(options),
    }
    return Described(
        choice.policy.id,
        choice.name,
        choice.number,
        record.summary,
        record.authors,
        record.license,
        record.artifact,
        choice.info.task,
        record.signature,
        choice.version.measurements,
        (*told.items(), *((("stage", choice.stage),) if choice.stage else ())),
    )


def document(subject: Mapping[str, Any], components: list[dict[str, Any]]) -> dict[str, Any]:
    """Give a bill of materials: what it is of, and what is in it."""
    return {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "modelry", "version": __version__}]},
            "component": subject,
        },
        "components": components,
    }


def component(of: Described) -> dict[str, Any]:
    """Give a version as a component."""
    made: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": f"{of.name}@{of.number}",
        "group": of.registry,
        "name": of.name,
        "version": of.number,
        "description": of.summary,
        "authors": [{"name": author} for author in of.authors],
        "licenses": [{"expression": of.license}],
        "modelCard": _card(of),
        "properties": [{"name": f"modelry:{name}", "value": value} for name, value in of.properties],
    }
    if of.artifact.files is None:
        made["hashes"] = [{"alg": "SHA-256", "content": of.artifact.sha256}]
    else:  # the digest of a folder is that of a list, and no tool would compute it from bytes
        made["components"] = [
            {"type": "file", "name": file.path, "hashes": [{"alg": "SHA-256", "content": file.sha256}]}
            for file in of.artifact.files
        ]
    return made


def _card(of: Described) -> dict[str, Any]:
    metrics = []
    for measurement in of.measurements:
        data = f"{measurement.dataset.name} {measurement.dataset.version}"
        intervals = measurement.intervals or {}
        for name, value in measurement.metrics.items():
            metric: dict[str, Any] = {"type": name, "value": repr(value), "slice": data}
            if name in intervals:
                low, high = intervals[name].low, intervals[name].high
                metric["confidenceInterval"] = {"lowerBound": repr(low), "upperBound": repr(high)}
            metrics.append(metric)
        metrics += [
            {"type": name, "value": repr(value), "slice": f"{data}, {slice_}"}
            for slice_, values in (measurement.slices or {}).items()
            for name, value in values.items()
        ]
    return {
        "modelParameters": {
            "task": of.task,
            "inputs": [{"format": f"{each.name}: {each.dtype}"} for each in of.signature.inputs],
            "outputs": [{"format": f"{each.name}: {each.dtype}"} for each in of.signature.outputs],
        },
        "quantitativeAnalysis": {"performanceMetrics": metrics},
    }
