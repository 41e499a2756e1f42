"""What a saved model measures on digits that it has not learned from.

python evaluate.py model.onnx --dataset digits-moved-one-pixel
"""

import argparse
import json
from pathlib import Path
from typing import TypedDict

import data
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from sklearn import metrics

RESAMPLES = 1000
SLICES = (1, 3, 8, 9)
"""The digits that are most often taken for one another."""

Metrics = dict[str, float]
Probabilities = NDArray[np.float32]
Truth = NDArray[np.int64]


class Evaluation(TypedDict):
    """Measured results on one data set, as `modelry register` reads them."""

    dataset: dict[str, str]
    metrics: Metrics
    slices: dict[str, Metrics]
    intervals: dict[str, list[float]]


def evaluation(artifact: Path, digits: data.Digits) -> Evaluation:
    """Measure the saved model, with intervals and for the digits that are hard to tell."""
    probabilities = predict(artifact, digits)
    return {
        "dataset": {
            "name": digits.name,
            "version": digits.version,
            "digest": digits.digest,
        },
        "metrics": _measure(digits.digits, probabilities),
        "slices": _slices(digits.digits, probabilities),
        "intervals": _intervals(digits.digits, probabilities),
    }


def predict(artifact: Path, digits: data.Digits) -> Probabilities:
    """Return the probability of each of the ten digits, for each image.

    Versions 1 take an image as a row of 64 numbers, versions 2 as it is.
    """
    graph = artifact / "model.onnx" if artifact.is_dir() else artifact
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    images = digits.images
    if entry.name == "pixels":
        images = images.reshape(len(images), -1).astype(np.float32)
    (probabilities,) = session.run(["probabilities"], {entry.name: images})
    return np.asarray(probabilities)


def _measure(truth: Truth, probabilities: Probabilities) -> Metrics:
    said = probabilities.argmax(axis=1)
    return {
        "accuracy": _rounded(metrics.accuracy_score(truth, said)),
        "macro_f1": _rounded(metrics.f1_score(truth, said, average="macro")),
        "log_loss": _rounded(metrics.log_loss(truth, probabilities)),
    }


def _slices(truth: Truth, probabilities: Probabilities) -> dict[str, Metrics]:
    said = probabilities.argmax(axis=1)
    return {
        f"digit-{digit}": {
            "recall": _rounded(metrics.recall_score(truth == digit, said == digit)),
            "precision": _rounded(metrics.precision_score(truth == digit, said == digit)),
        }
        for digit in SLICES
    }


def _intervals(truth: Truth, probabilities: Probabilities) -> dict[str, list[float]]:
    """Return 95 % bootstrap intervals, the same on every run."""
    random = np.random.default_rng(0)
    draws = random.integers(len(truth), size=(RESAMPLES, len(truth)))
    resampled = [_measure(truth[rows], probabilities[rows]) for rows in draws]
    return {
        name: [_rounded(bound) for bound in np.quantile([one[name] for one in resampled], [0.025, 0.975])]
        for name in ("accuracy", "log_loss")
    }


def _rounded(value: float) -> float:
    return round(float(value), 6)


def main() -> None:
    """Print the evaluation of one artifact on one data set."""
    parser = argparse.ArgumentParser(description="Measure a saved model.")
    parser.add_argument("artifact", type=Path)
    parser.add_argument("--dataset", choices=data.DATASETS, default="digits-held-out")
    arguments = parser.parse_args()
    digits = data.DATASETS[arguments.dataset]()
    measured = evaluation(arguments.artifact, digits)
    numbers = ", ".join(f"{k} {v:.3f}" for k, v in measured["metrics"].items())
    summary = f"{len(digits.digits)} {digits.about}: {numbers}."
    print(json.dumps({"summary": summary, **measured}, indent=2))


if __name__ == "__main__":
    main()
