"""MLServer: a folder for each model, with its settings, a script that fetches the bytes and, if needed, a runtime."""

from collections.abc import Mapping

from modelry.errors import RegistryError
from modelry.exports import fetching
from modelry.exports.base import Choice, Content, Manifests, Options

_OWN = {"onnx": "OnnxModel", "skops": "SkopsModel"}
"""Formats for which MLServer has no runtime: ours is some lines of Python that are written beside the settings.

It is called by the format, since MLServer knows modules by name alone."""
_RUNTIMES = {
    "joblib": "mlserver_sklearn.SKLearnModel",
    "pickle": "mlserver_sklearn.SKLearnModel",
    "xgboost": "mlserver_xgboost.XGBoostModel",
    "lightgbm": "mlserver_lightgbm.LightGBMModel",
    "catboost": "mlserver_catboost.CatboostModel",
    "mlflow": "mlserver_mlflow.MLflowRuntime",
}


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:  # noqa: ARG001 - as every target is called
    """Give `<model>/model-settings.json` for each, `settings.json`, `fetch.sh` and the runtimes that they name."""
    made: dict[str, str | Content] = {
        "settings.json": {"host": "0.0.0.0", "parallel_workers": 0},  # noqa: S104 - in a container of its own
        "fetch.sh": fetching.script({f"{choice.name}/{choice.artifact.path}": choice for choice in choices}),
    }
    for choice in choices:
        artifact, told = choice.artifact, {"sha256": choice.artifact.sha256, "page": choice.page}
        made |= described(choice.name, choice.number, artifact.format, artifact.path, told)
    return made


def described(
    model: str, number: str, format_: str, path: str, told: Mapping[str, str]
) -> dict[str, str | Content]:
    """Give a model's settings and, if its format needs ours, the runtime; raises `RegistryError` where there is none."""
    own = f"modelry_{format_}.{_OWN[format_]}" if format_ in _OWN else None
    implementation = own or _RUNTIMES.get(format_)
    if implementation is None:
        raise RegistryError(
            f"MLServer has no runtime for {format_}, the format of {model}@{number}",
            hint=f"it has one for {', '.join(sorted({*_OWN, *_RUNTIMES}))}",
        )
    settings = {
        "name": model,
        "implementation": implementation,
        "parameters": {"uri": f"./{path}", "version": number, "extra": told},
    }
    made: dict[str, str | Content] = {f"{model}/model-settings.json": settings}
    return made | ({f"{model}/modelry_{format_}.py": _RUNTIME[format_]} if own else {})


_ONNX = '''\
"""MLServer's runtime for an ONNX file. Written by `modelry export mlserver`."""

import numpy as np
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from mlserver.utils import get_model_uri


class OnnxModel(MLModel):
    """Inputs and outputs carry the names that the file gives them."""

    async def load(self) -> bool:
        path = await get_model_uri(self._settings)
        self._session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        given = {each.name: NumpyCodec.decode_input(each) for each in payload.inputs}
        names = [each.name for each in self._session.get_outputs()]
        # What is a list or a map for each row, and no array, has no place in the protocol.
        found = [
            (name, value)
            for name, value in zip(names, self._session.run(None, given), strict=True)
            if isinstance(value, np.ndarray)
        ]
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=[NumpyCodec.encode_output(name, value) for name, value in found],
        )
'''

_SKOPS = '''\
"""MLServer's runtime for a skops file. Written by `modelry export mlserver`."""

import numpy as np
import skops.io
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from mlserver.utils import get_model_uri

TRUSTED: list[str] = []  # types besides skops' own that you looked at and trust


class SkopsModel(MLModel):
    """One input for each column, or one for all of them; the output is called `predict`."""

    async def load(self) -> bool:
        self._model = skops.io.load(await get_model_uri(self._settings), trusted=TRUSTED)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        columns = [NumpyCodec.decode_input(each) for each in payload.inputs]
        rows = columns[0] if len(columns) == 1 else np.column_stack([each.ravel() for each in columns])
        found = np.asarray(self._model.predict(rows))
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=[NumpyCodec.encode_output("predict", found)],
        )
'''

_RUNTIME = {"onnx": _ONNX, "skops": _SKOPS}
