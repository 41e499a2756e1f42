"""The digits: those that the model learns from, and those that only ever judge it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SPLIT = {"test_size": 0.3, "random_state": 42}
NEIGHBORS = ((0, 1), (0, -1), (1, 0), (-1, 0))
"""One pixel right, left, down and up, as rows and columns."""

Images = NDArray[np.uint8]


@dataclass(frozen=True)
class Digits:
    """Handwritten digits, 8x8 pixels from 0 to 16, and which digit each one is."""

    name: str
    about: str
    images: Images
    digits: NDArray[np.int64]
    version: str = "1"

    @property
    def digest(self) -> str:
        """The sha256 over each array's type, shape and little-endian bytes."""
        sha256 = hashlib.sha256()
        for array in (self.images, self.digits):
            canonical = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            sha256.update(f"{canonical.dtype.str} {canonical.shape}\n".encode())
            sha256.update(canonical.tobytes())
        return f"sha256:{sha256.hexdigest()}"


def training() -> Digits:
    """Return the digits that every version learns from."""
    return _split()[0]


def held_out() -> Digits:
    """Return the digits that no version has learned from."""
    return _split()[1]


def moved_one_pixel() -> Digits:
    """Return the held-out digits, each moved by one pixel in a direction drawn once."""
    seen = held_out()
    drawn = np.random.default_rng(0).integers(len(NEIGHBORS), size=len(seen.images))
    everywhere = np.stack([move(seen.images, *step) for step in NEIGHBORS])
    return replace(
        seen,
        name="digits-moved-one-pixel",
        about="held-out digits, each moved by one pixel",
        images=everywhere[drawn, np.arange(len(drawn))],
    )


DATASETS: dict[str, Callable[[], Digits]] = {
    "digits-held-out": held_out,
    "digits-moved-one-pixel": moved_one_pixel,
}


def move(images: Images, down: int, right: int) -> Images:
    """Move images by at most one pixel; what leaves the frame is lost."""
    size = images.shape[-1]
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    return framed[:, 1 - down : 1 - down + size, 1 - right : 1 - right + size]


def _split() -> tuple[Digits, Digits]:
    loaded = load_digits()
    images, digits = loaded.images.astype(np.uint8), loaded.target.astype(np.int64)
    learn, judge, learn_truth, judge_truth = train_test_split(images, digits, stratify=digits, **SPLIT)
    return (
        Digits("digits-training", "training digits", learn, learn_truth),
        Digits("digits-held-out", "held-out digits", judge, judge_truth),
    )
