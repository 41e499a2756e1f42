"""BentoML: a service for each model, what it is built from, and a script that fetches the bytes beside it."""

from modelry.errors import RegistryError
from modelry.exports import fetching
from modelry.exports.base import Choice, Content, Manifests, Options

_HEAD = '''\
"""BentoML's service for {label}, sha256 {sha256}. Written by `modelry export bentoml`."""
'''

_ONNX = '''
from pathlib import Path
from typing import Any

import bentoml
import numpy as np
import onnxruntime

TYPES = {{"float16": np.float16, "float": np.float32, "double": np.float64, "bool": np.bool_, "string": np.str_}}


@bentoml.service(name="{name}", labels={labels!r})
class Model:
    """Inputs and outputs carry the names that the file gives them."""

    def __init__(self) -> None:
        path = Path(__file__).with_name({path!r})
        self._session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self._types = {{each.name: each.type[len("tensor(") : -1] for each in self._session.get_inputs()}}

    @bentoml.api
    def predict(self, inputs: dict[str, Any]) -> dict[str, Any]:
        given = {{name: np.asarray(value, self._type(name)) for name, value in inputs.items()}}
        names = [each.name for each in self._session.get_outputs()]
        found = zip(names, self._session.run(None, given), strict=True)
        return {{name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found}}

    def _type(self, name: str) -> Any:
        if name not in self._types:
            raise bentoml.exceptions.InvalidArgument(f"there is no input {{name}}: {{', '.join(self._types)}}")
        return TYPES.get(self._types[name], self._types[name])
'''

_SKOPS = '''
from pathlib import Path
from typing import Any

import bentoml
import skops.io

TRUSTED: list[str] = []  # types besides skops' own that you looked at and trust


@bentoml.service(name="{name}", labels={labels!r})
class Model:
    """Takes rows, and answers each of them."""

    def __init__(self) -> None:
        self._model = skops.io.load(Path(__file__).with_name({path!r}), trusted=TRUSTED)

    @bentoml.api
    def predict(self, rows: list[list[Any]]) -> list[Any]:
        return self._model.predict(rows).tolist()
'''

_SERVICES = {"onnx": (_ONNX, ("numpy", "onnxruntime")), "skops": (_SKOPS, ("scikit-learn", "skops"))}
"""By our word for a format: the service, and the packages that it needs."""


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:  # noqa: ARG001 - as every target is called
    """Give `<model>/service.py` and `<model>/bentofile.yaml` for each, and `fetch.sh`, which brings the bytes."""
    places = {f"{choice.name}/{choice.artifact.path}": choice for choice in choices}
    made: dict[str, str | Content] = {"fetch.sh": fetching.script(places)}
    for choice in choices:
        made |= _service(choice)
    return made


def _service(choice: Choice) -> dict[str, str | Content]:
    artifact = choice.artifact
    if artifact.format not in _SERVICES:
        raise RegistryError(
            f"there is no service for {artifact.format}, the format of {choice.version.label}",
            hint=f"for BentoML there is one for {', '.join(sorted(_SERVICES))}",
        )
    if artifact.files is not None:
        raise RegistryError(
            f"{choice.version.label} is a folder, and BentoML's service loads one file",
            hint="write a service of your own; to fetch the bytes: modelry pull",
        )
    text, packages = _SERVICES[artifact.format]
    said = {"name": choice.name, "path": artifact.path, "labels": dict(choice.labels)}
    return {
        f"{choice.name}/service.py": _HEAD.format(label=choice.version.label, sha256=artifact.sha256)
        + text.format(**said),
        f"{choice.name}/bentofile.yaml": {
            "service": "service:Model",
            "description": f"{choice.version.label}, {choice.page}",
            "labels": choice.labels,
            "include": ["service.py", artifact.path],
            "python": {"packages": list(packages)},
        },
    }
