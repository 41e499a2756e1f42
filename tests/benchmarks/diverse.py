"""A registry in which no two models are alike: names, words, owners, tags, dates and numbers, as a search meets them."""

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import builders
from modelry.model import layout

_SUBJECTS = "churn fraud demand price risk default claim image speech text query route energy yield credit lead basket session review ticket invoice sensor defect crop patient triage dose scan margin stock return dispatch delay noise wind solar traffic crowd pose gesture"
_METHODS = "lightgbm xgboost forest logistic transformer bert resnet unet tcn lstm gru wavenet knn prophet arima tabnet catboost ridge lasso mlp"
_PLACES = "eu us apac latam uk de fr jp in br nordic retail bank telco web app store plant fleet clinic"
_TASKS = {
    "tabular-classification": ("auc", "f1"),
    "tabular-regression": ("rmse", "mae"),
    "text-classification": ("f1", "accuracy"),
    "image-classification": ("accuracy", "p99_ms"),
    "object-detection": ("map", "p99_ms"),
    "automatic-speech-recognition": ("wer", "p99_ms"),
    "time-series-forecasting": ("mape", "rmse"),
    "ranking": ("ndcg", "p99_ms"),
}
_FALLING = {"rmse", "mae", "p99_ms", "wer", "mape"}
_LICENSES = ["Apache-2.0", "MIT", "CC-BY-4.0", "BSD-3-Clause", "GPL-3.0-only", "LicenseRef-internal"]
_FORMATS = ["onnx", "safetensors", "gguf", "skops", "xgboost-json"]
_TAGS = [
    f"{one}-{two}"
    for one in ("pii", "gdpr", "batch", "live", "edge", "gpu", "cpu", "pilot")
    for two in ("a", "b", "c", "d", "e")
]
_SYLLABLES = (
    "ba co di fu ge ha in jo ka lu me no or pi qua re so ta un ve wi xe ya zo tion ment ling der sta pro"
)
_WORDS = 5000
_SINCE = datetime(2023, 1, 1, tzinfo=UTC)


def registry(models: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """Give the files of as many models, each with one version; the same for the same seed."""
    luck = random.Random(seed)
    metrics = {
        name: {"goal": "minimize" if name in _FALLING else "maximize"}
        for pair in _TASKS.values()
        for name in pair
    }
    yield layout.POLICY, builders.a_policy(metrics=metrics)[layout.POLICY]
    words = ["".join(luck.choices(_SYLLABLES.split(), k=luck.randint(2, 4))) for _ in range(_WORDS)]
    # As in any language: the second word half as often as the first, the third a third as often.
    weights = [1 / rank for rank in range(1, _WORDS + 1)]
    owners = [f"@{team}-{number}" for team in _SUBJECTS.split() for number in range(1, 6)]
    for number in range(models):
        subject, place, method = (luck.choice(words.split()) for words in (_SUBJECTS, _PLACES, _METHODS))
        name = f"{subject}-{place}-{method}-{number}"
        summary = f"{subject} {' '.join(luck.choices(words, weights, k=9))} for {place}"
        yield from _model(luck, name, f"{subject} in {place}".capitalize(), summary.capitalize(), owners)


def _model(
    luck: random.Random, name: str, title: str, summary: str, owners: list[str]
) -> Iterator[tuple[str, bytes]]:
    task = luck.choice(list(_TASKS))
    tags = luck.sample(_TAGS, luck.randint(1, 4))
    deprecated = "deprecated:\n  reason: superseded\n" if luck.random() < 0.05 else ""
    yield (
        layout.model(name),
        (
            f"schema: model/v1\ntitle: {title}\nsummary: {summary}\n"
            f"owners: [{', '.join(map(repr, luck.sample(owners, luck.randint(1, 2))))}]\n"
            f"task: {task}\ntags: [{', '.join(tags)}]\n{deprecated}"
        ).encode(),
    )
    created = _SINCE + timedelta(minutes=luck.randrange(2_000_000))
    measured = {
        metric: round(luck.random() * (100 if metric in _FALLING else 1), 4) for metric in _TASKS[task]
    }
    for path, data in _FILES.items():
        yield (
            layout.version(name, "1.0.0", path),
            _swapped(
                data,
                name,
                {
                    b"CREATED-HERE": f'"{created.isoformat()}"',
                    b"LICENSE-HERE": luck.choice(_LICENSES),
                    b"FORMAT-HERE": luck.choice(_FORMATS),
                    b"METRICS-HERE": "{"
                    + ", ".join(f"{key}: {value}" for key, value in measured.items())
                    + "}",
                },
            ),
        )
    for stage in luck.choice([["production"], ["production"], ["staging"], ["production", "staging"], []]):
        yield layout.stage(name, stage), _swapped(_ASSIGNMENT, name, {})


_MODEL = "model-99999"
_RECORD = builders.a_document("version")
_ASSIGNMENT = next(iter(builders.an_assignment(_MODEL, "1.0.0").values()))
_FILES = {
    path.rpartition("/")[2]: data
    for path, data in builders.a_version(
        _MODEL,
        "1.0.0",
        created="CREATED-HERE",
        license="LICENSE-HERE",
        evaluations=[{"dataset": _RECORD["evaluations"][0]["dataset"], "metrics": "METRICS-HERE"}],
    ).items()
}
_FILES["version.yaml"] = _FILES["version.yaml"].replace(b"format: onnx", b"format: FORMAT-HERE")


def _facts(name: str) -> tuple[bytes, ...]:
    data = builders.artifact(name, "1.0.0")
    md5, sha256 = hashlib.md5(data, usedforsecurity=False), hashlib.sha256(data)
    return tuple(
        text.encode() for text in (name, md5.hexdigest(), sha256.hexdigest(), f"size: {len(data)}\n")
    )


def _swapped(data: bytes, name: str, more: dict[bytes, str]) -> bytes:
    for old, new in (
        *zip(_facts(_MODEL), _facts(name), strict=True),
        *((old, new.encode()) for old, new in more.items()),
    ):
        data = data.replace(old, new)
    return data
