"""BentoML's service for model-00001@1.0.0, sha256 ec660bbfbec6e070efbaef7e6cfdad70d508456d20e4d0a801866af41b7b6bc0. Written by `modelry export bentoml`."""

from pathlib import Path
from typing import Any

import bentoml
import numpy as np
import onnxruntime

TYPES = {"float16": np.float16, "float": np.float32, "double": np.float64, "bool": np.bool_, "string": np.str_}


@bentoml.service(name="model-00001", labels={'app.kubernetes.io/name': 'model-00001', 'app.kubernetes.io/version': '1.0.0', 'app.kubernetes.io/part-of': 'acme-models', 'app.kubernetes.io/managed-by': 'modelry', 'modelry.github.io/stage': 'production'})
class Model:
    """Inputs and outputs carry the names that the file gives them."""

    def __init__(self) -> None:
        path = Path(__file__).with_name('model.onnx')
        self._session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self._types = {each.name: each.type[len("tensor(") : -1] for each in self._session.get_inputs()}

    @bentoml.api
    def predict(self, inputs: dict[str, Any]) -> dict[str, Any]:
        given = {name: np.asarray(value, self._type(name)) for name, value in inputs.items()}
        names = [each.name for each in self._session.get_outputs()]
        found = zip(names, self._session.run(None, given), strict=True)
        return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found}

    def _type(self, name: str) -> Any:
        if name not in self._types:
            raise bentoml.exceptions.InvalidArgument(f"there is no input {name}: {', '.join(self._types)}")
        return TYPES.get(self._types[name], self._types[name])
