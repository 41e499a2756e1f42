"""Hugging Face: a model card whose front matter tells the Hub licence, base models and results."""

import re
from collections.abc import Iterator
from typing import Any

from modelry.exports.base import Choice, Manifests, Markdown, Options, single
from modelry.model.documents import Measurement

_TASKS = {
    "tabular-classification",
    "tabular-regression",
    "image-classification",
    "text-classification",
    "text-generation",
    "token-classification",
    "question-answering",
    "summarization",
    "translation",
    "feature-extraction",
    "sentence-similarity",
    "object-detection",
    "image-segmentation",
    "automatic-speech-recognition",
    "audio-classification",
    "time-series-forecasting",
    "reinforcement-learning",
}
"""Our task's words that the Hub knows as a pipeline; another one is told as a tag."""

_LIBRARIES = {"skops": "sklearn", "joblib": "sklearn", "pickle": "sklearn", "safetensors": "transformers"}
_SINGLE = re.compile(r"[A-Za-z0-9.+-]+")


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:  # noqa: ARG001 - as every target is called
    """Give `README.md`: the version's card, with the Hub's front matter before it."""
    choice = single(choices, "huggingface")
    front = {key: value for key, value in _front(choice) if value}
    head = f"# {choice.info.title} {choice.number}\n\n{choice.record.summary}\n\n"
    return {"README.md": Markdown(front, head + (choice.version.card or ""))}


def _front(choice: Choice) -> Iterator[tuple[str, Any]]:
    record, info = choice.record, choice.info
    known = info.task in _TASKS
    # The Hub has a word for single licences; of an expression it takes the name, and asks for `other`.
    if _SINGLE.fullmatch(record.license) and not record.license.startswith("LicenseRef-"):
        yield "license", record.license.lower()
    else:
        yield "license", "other"
        yield "license_name", record.license
    yield "library_name", _LIBRARIES.get(record.artifact.format, record.artifact.format)
    yield "pipeline_tag", info.task if known else None
    tags = [*info.tags, *record.tags, record.artifact.format, *([] if known else [info.task])]
    yield "tags", list(dict.fromkeys(tags))
    yield (
        "datasets",
        [data.name for data in record.training.data if re.fullmatch(r"[\w./-]{1,96}", data.name)],
    )
    yield (
        "base_model",
        [parent for parent in record.parents or () if re.fullmatch(r"[\w.-]+/[\w.-]+", parent)],
    )
    measured = choice.version.measurements
    yield "metrics", list(dict.fromkeys(name for each in measured for name in each.metrics))
    yield "model-index", [{"name": choice.name, "results": [_result(choice, each) for each in measured]}]


def _result(choice: Choice, measured: Measurement) -> dict[str, Any]:
    data = measured.dataset
    return {
        "task": {"type": choice.info.task},
        "dataset": {"name": data.name, "type": data.name, "revision": data.version},
        "metrics": [{"type": name, "value": value} for name, value in measured.metrics.items()],
        "source": {"name": choice.policy.title, "url": choice.page},
    }
