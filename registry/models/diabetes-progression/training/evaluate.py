"""What a saved model measures on patients that it has not learned from.

python evaluate.py model.skops
"""

import argparse
import json
from pathlib import Path
from typing import TypedDict

import data
import numpy as np
import skops.io
from numpy.typing import NDArray
from sklearn import metrics

RESAMPLES = 1000
TRUSTED = ["sklearn.tree._tree.Tree"]
"""The types that a saved model may hold beyond those that skops knows to be harmless."""

Floats = NDArray[np.float64]
Metrics = dict[str, float]


class Evaluation(TypedDict):
    """Measured results on one data set, as `modelry register` reads them."""

    dataset: dict[str, str]
    metrics: Metrics
    slices: dict[str, Metrics]
    intervals: dict[str, list[float]]


def evaluation(artifact: Path, patients: data.Patients) -> Evaluation:
    """Measure the saved model, with intervals and by age."""
    predicted = predict(artifact, patients)
    return {
        "dataset": {
            "name": patients.name,
            "version": patients.version,
            "digest": patients.digest,
        },
        "metrics": _measure(patients.progression, predicted),
        "slices": _slices(patients, predicted),
        "intervals": _intervals(patients.progression, predicted),
    }


def predict(artifact: Path, patients: data.Patients) -> Floats:
    """Return each patient's predicted progression; refuse a file with other types."""
    unknown = set(skops.io.get_untrusted_types(file=artifact)) - set(TRUSTED)
    if unknown:
        message = f"{artifact.name} holds types that nobody has vouched for: {sorted(unknown)}"
        raise TypeError(message)
    model = skops.io.load(artifact, trusted=TRUSTED)
    return np.asarray(model.predict(patients.baseline))


def _measure(truth: Floats, predicted: Floats) -> Metrics:
    return {
        **_errors(truth, predicted),
        "r2": _rounded(metrics.r2_score(truth, predicted)),
    }


def _errors(truth: Floats, predicted: Floats) -> Metrics:
    return {
        "rmse": _rounded(metrics.root_mean_squared_error(truth, predicted)),
        "mae": _rounded(metrics.mean_absolute_error(truth, predicted)),
    }


def _slices(patients: data.Patients, predicted: Floats) -> dict[str, Metrics]:
    group = np.digitize(patients.age, [40, 60])
    return {
        name: _errors(patients.progression[group == i], predicted[group == i])
        for i, name in enumerate(("age-under-40", "age-40-to-59", "age-60-and-over"))
    }


def _intervals(truth: Floats, predicted: Floats) -> dict[str, list[float]]:
    """Return 95 % bootstrap intervals, the same on every run."""
    random = np.random.default_rng(0)
    draws = random.integers(len(truth), size=(RESAMPLES, len(truth)))
    resampled = [_measure(truth[rows], predicted[rows]) for rows in draws]
    return {
        name: [_rounded(bound) for bound in np.quantile([one[name] for one in resampled], [0.025, 0.975])]
        for name in ("rmse", "mae", "r2")
    }


def _rounded(value: float) -> float:
    return round(float(value), 6)


def main() -> None:
    """Print the evaluation of one artifact on one data set."""
    parser = argparse.ArgumentParser(description="Measure a saved model.")
    parser.add_argument("artifact", type=Path)
    parser.add_argument("--dataset", choices=data.DATASETS, default="diabetes-held-out")
    arguments = parser.parse_args()
    patients = data.DATASETS[arguments.dataset]()
    measured = evaluation(arguments.artifact, patients)
    numbers = ", ".join(f"{k} {v:.3f}" for k, v in measured["metrics"].items())
    summary = f"{len(patients.progression)} {patients.about}: {numbers}."
    print(json.dumps({"summary": summary, **measured}, indent=2))


if __name__ == "__main__":
    main()
