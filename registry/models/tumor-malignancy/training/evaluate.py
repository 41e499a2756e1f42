"""What a saved model measures on cases that it has not learned from.

python evaluate.py model.onnx --dataset breast-cancer-scanner-shift
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

THRESHOLD = 0.5
RESAMPLES = 1000

Metrics = dict[str, float]
Probabilities = NDArray[np.float32]
Truth = NDArray[np.int64]


class Evaluation(TypedDict):
    """Measured results on one data set, as `modelry register` reads them."""

    dataset: dict[str, str]
    metrics: Metrics
    slices: dict[str, Metrics]
    intervals: dict[str, list[float]]


def evaluation(artifact: Path, cases: data.Cases) -> Evaluation:
    """Measure the saved model, with intervals and by the size of the nuclei."""
    probability = predict(artifact, cases)
    return {
        "dataset": {
            "name": cases.name,
            "version": cases.version,
            "digest": cases.digest,
        },
        "metrics": _measure(cases.malignant, probability),
        "slices": _slices(cases, probability),
        "intervals": _intervals(cases.malignant, probability),
    }


def predict(artifact: Path, cases: data.Cases) -> Probabilities:
    """Return each case's probability of being malignant."""
    session = onnxruntime.InferenceSession(artifact, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: cases.measurements.astype(np.float32)}
    (probabilities,) = session.run(["probabilities"], feed)
    return np.asarray(probabilities)[:, 1]


def _measure(truth: Truth, probability: Probabilities) -> Metrics:
    return {
        "auc": _rounded(metrics.roc_auc_score(truth, probability)),
        **_at_threshold(truth, probability),
        "precision": _rounded(metrics.precision_score(truth, probability >= THRESHOLD)),
        "log_loss": _rounded(metrics.log_loss(truth, probability)),
    }


def _at_threshold(truth: Truth, probability: Probabilities) -> Metrics:
    said = probability >= THRESHOLD
    return {
        "recall": _rounded(metrics.recall_score(truth, said)),
        "accuracy": _rounded(metrics.accuracy_score(truth, said)),
    }


def _slices(cases: data.Cases, probability: Probabilities) -> dict[str, Metrics]:
    """Measure small, medium and large nuclei, each with enough malignant cases."""
    third = np.digitize(cases.mean_radius, data.malignant_thirds())
    return {
        name: _at_threshold(cases.malignant[third == i], probability[third == i])
        for i, name in enumerate(("small-nuclei", "medium-nuclei", "large-nuclei"))
    }


def _intervals(truth: Truth, probability: Probabilities) -> dict[str, list[float]]:
    """Return 95 % bootstrap intervals, the same on every run."""
    random = np.random.default_rng(0)
    draws = random.integers(len(truth), size=(RESAMPLES, len(truth)))
    resampled = [_measure(truth[rows], probability[rows]) for rows in draws]
    return {
        name: [_rounded(bound) for bound in np.quantile([one[name] for one in resampled], [0.025, 0.975])]
        for name in ("auc", "recall", "log_loss")
    }


def _rounded(value: float) -> float:
    return round(float(value), 6)


def main() -> None:
    """Print the evaluation of one artifact on one data set."""
    parser = argparse.ArgumentParser(description="Measure a saved model.")
    parser.add_argument("artifact", type=Path)
    parser.add_argument("--dataset", choices=data.DATASETS, default="breast-cancer-held-out")
    arguments = parser.parse_args()
    cases = data.DATASETS[arguments.dataset]()
    measured = evaluation(arguments.artifact, cases)
    numbers = ", ".join(f"{k} {v:.3f}" for k, v in measured["metrics"].items())
    summary = f"{len(cases.malignant)} {cases.about}: {numbers}."
    print(json.dumps({"summary": summary, **measured}, indent=2))


if __name__ == "__main__":
    main()
