"""The cases: those that the model learns from, and those that only ever judge it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

SPLIT = {"test_size": 0.35, "random_state": 42}
MEASUREMENTS = load_breast_cancer().feature_names.tolist()
"""The 30 columns: ten mean values, their ten standard errors, ten worst values."""


@dataclass(frozen=True)
class Cases:
    """Measured cell nuclei, one row a case, and whether the tumor was malignant."""

    name: str
    about: str
    measurements: NDArray[np.float64]
    malignant: NDArray[np.int64]
    version: str = "1"

    @property
    def mean_radius(self) -> NDArray[np.float64]:
        """The mean radius of each case's nuclei."""
        return self.measurements[:, MEASUREMENTS.index("mean radius")]

    @property
    def digest(self) -> str:
        """The sha256 over each array's type, shape and little-endian bytes."""
        sha256 = hashlib.sha256()
        for array in (self.measurements, self.malignant):
            canonical = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            sha256.update(f"{canonical.dtype.str} {canonical.shape}\n".encode())
            sha256.update(canonical.tobytes())
        return f"sha256:{sha256.hexdigest()}"


def training() -> Cases:
    """Return the cases that every version learns from."""
    return _split()[0]


def malignant_thirds() -> NDArray[np.float64]:
    """Return the radii that part the malignant training cases into thirds.

    A third of all cases would not do: the smallest has no malignant case at all.
    """
    cases = training()
    thirds: NDArray[np.float64] = np.quantile(cases.mean_radius[cases.malignant == 1], [1 / 3, 2 / 3])
    return thirds


def held_out() -> Cases:
    """Return the cases that no version has learned from."""
    return _split()[1]


def scanner_shift() -> Cases:
    """Return the held-out cases as a scanner with a third of the field would see them.

    With a third of the nuclei the mean values wander by their own standard error, the
    standard errors grow, and the three most extreme nuclei are less extreme.
    """
    fewer, kept_extremes = 3, 0.5
    seen = held_out()
    mean, error, worst = np.hsplit(seen.measurements, 3)
    noise = np.random.default_rng(0).normal(size=mean.shape)
    narrow_mean = np.maximum(mean + noise * error * np.sqrt(fewer - 1), 0)
    narrow_worst = narrow_mean + kept_extremes * (worst - mean)
    narrow = np.hstack([narrow_mean, error * np.sqrt(fewer), narrow_worst])
    return replace(
        seen,
        name="breast-cancer-scanner-shift",
        about="held-out cases as a scanner with a third of the field would see them",
        measurements=narrow.round(6),
    )


DATASETS: dict[str, Callable[[], Cases]] = {
    "breast-cancer-held-out": held_out,
    "breast-cancer-scanner-shift": scanner_shift,
}


def _split() -> tuple[Cases, Cases]:
    measurements, benign = load_breast_cancer(return_X_y=True)
    malignant = (1 - benign).astype(np.int64)
    learn, judge, learn_truth, judge_truth = train_test_split(
        measurements, malignant, stratify=malignant, **SPLIT
    )
    return (
        Cases("breast-cancer-training", "training cases", learn, learn_truth),
        Cases("breast-cancer-held-out", "held-out cases", judge, judge_truth),
    )
