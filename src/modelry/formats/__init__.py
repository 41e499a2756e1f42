"""What an artifact's format is, told without loading it."""

from collections.abc import Iterable

BY_ENDING = {
    ".onnx": "onnx",
    ".safetensors": "safetensors",
    ".gguf": "gguf",
    ".skops": "skops",
    ".pkl": "pickle",
    ".pickle": "pickle",
    ".joblib": "joblib",
    ".pt": "torch",
    ".pth": "torch",
    ".keras": "keras",
    ".h5": "hdf5",
    ".tflite": "tflite",
    ".cbm": "catboost",
    ".ubj": "xgboost",
}
"""Formats by the ending of their files' names. A name proves nothing: it is only what to assume."""


RUN_CODE = frozenset({"pickle", "joblib", "torch", "dill", "cloudpickle"})
"""Formats whose files may run any code when they are loaded: Python's pickle, and what is built on it."""


def guess(files: Iterable[str]) -> str | None:
    """Give the one format that these file names speak of; None when they speak of none, or of several."""
    names = list(files)
    if "saved_model.pb" in names:
        return "tensorflow"
    if "MLmodel" in names:
        return "mlflow"
    found = {form for name in names for ending, form in BY_ENDING.items() if name.endswith(ending)}
    return found.pop() if len(found) == 1 else None
