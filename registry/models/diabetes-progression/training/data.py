"""The patients: those that the model learns from, and those that only ever judge it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

SPLIT = {"test_size": 0.3, "random_state": 42}
COLUMNS = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Patients:
    """Baseline measurements in their own units, and the progression a year later."""

    name: str
    about: str
    baseline: Floats
    progression: Floats
    version: str = "1"

    @property
    def age(self) -> Floats:
        """The patients' ages in years."""
        return self.baseline[:, COLUMNS.index("age")]

    @property
    def digest(self) -> str:
        """The sha256 over each array's type, shape and little-endian bytes."""
        sha256 = hashlib.sha256()
        for array in (self.baseline, self.progression):
            canonical = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            sha256.update(f"{canonical.dtype.str} {canonical.shape}\n".encode())
            sha256.update(canonical.tobytes())
        return f"sha256:{sha256.hexdigest()}"


def training() -> Patients:
    """Return the patients that every version learns from."""
    return _split()[0]


def held_out() -> Patients:
    """Return the patients that no version has learned from."""
    return _split()[1]


DATASETS: dict[str, Callable[[], Patients]] = {"diabetes-held-out": held_out}


def _split() -> tuple[Patients, Patients]:
    baseline, progression = load_diabetes(return_X_y=True, scaled=False)
    learn, judge, learn_truth, judge_truth = train_test_split(baseline, progression, **SPLIT)
    return (
        Patients("diabetes-training", "training patients", learn, learn_truth),
        Patients("diabetes-held-out", "held-out patients", judge, judge_truth),
    )
