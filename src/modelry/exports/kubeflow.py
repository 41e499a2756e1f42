"""Kubeflow's model catalog: a YAML source with each version as a model, and its metrics beside its bytes."""

from typing import Any

from modelry.exports.base import Choice, Manifests, Options
from modelry.model.documents import Measurement


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:
    """Give `catalog.yaml`, the data, and `sources.yaml`, which names it to the catalog's server."""
    policy = choices[0].policy
    return {
        "catalog.yaml": {"source": policy.title, "models": [_model(choice, options) for choice in choices]},
        "sources.yaml": {
            "model_catalogs": [
                {
                    "name": policy.title,
                    "id": policy.id,
                    "type": "yaml",
                    "enabled": True,
                    "properties": {"yamlCatalogPath": "catalog.yaml"},
                }
            ]
        },
    }


def _model(choice: Choice, options: Options) -> dict[str, Any]:
    info, record = choice.info, choice.record
    texts = {
        "version": choice.number,
        "stage": choice.stage,
        "format": record.artifact.format,
        "sha256": record.artifact.sha256,
    }
    made: dict[str, Any] = {
        "name": f"{choice.name}-{choice.number}",
        "provider": choice.policy.title,
        "description": info.summary,
        "readme": choice.version.card,
        "license": record.license,
        "tasks": [info.task],
        "externalId": choice.version.label,
        "createTimeSinceEpoch": str(int(record.created.timestamp() * 1000)),
        "customProperties": {key: _text(value) for key, value in texts.items() if value}
        | {tag: _text("") for tag in (*info.tags, *record.tags)},
        "artifacts": [{"uri": choice.location(options)}, *map(_metrics, choice.version.measurements)],
    }
    return {key: value for key, value in made.items() if value is not None}


def _text(value: str) -> dict[str, Any]:
    return {"metadataType": "MetadataStringValue", "string_value": value}


def _metrics(measured: Measurement) -> dict[str, Any]:
    return {
        "artifactType": "metrics-artifact",
        "metricsType": "accuracy-metrics",
        "customProperties": {"dataset": _text(f"{measured.dataset.name} {measured.dataset.version}")}
        | {
            name: {"metadataType": "MetadataDoubleValue", "double_value": value}
            for name, value in measured.metrics.items()
        },
    }
