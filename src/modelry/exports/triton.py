"""Triton: a model repository, with each model's configuration made from its signature."""

from modelry.errors import RegistryError
from modelry.exports import fetching
from modelry.exports.base import Choice, Manifests, Options
from modelry.model.documents import Tensor

_BACKENDS = {
    "onnx": ("onnxruntime", "model.onnx"),
    "torchscript": ("pytorch", "model.pt"),
    "saved-model": ("tensorflow", "model.savedmodel"),
    "tensorrt": ("tensorrt", "model.plan"),
    "openvino": ("openvino", "model.xml"),
    "xgboost": ("fil", "xgboost.json"),
    "lightgbm": ("fil", "model.txt"),
}
"""By our word for a format: Triton's backend, and the file name that it looks for."""

_TYPES = {
    "bool": "TYPE_BOOL",
    "string": "TYPE_STRING",
    "object": "TYPE_STRING",
    "float16": "TYPE_FP16",
    "bfloat16": "TYPE_BF16",
    "float32": "TYPE_FP32",
    "float64": "TYPE_FP64",
} | {f"{sign}int{bits}": f"TYPE_{sign.upper()}INT{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
"""NumPy's names of element types, and Triton's."""


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:  # noqa: ARG001 - as every target is called
    """Give `<model>/config.pbtxt` for each, and `fetch.sh`, which brings the bytes to `<model>/1/`."""
    made = {f"{choice.name}/config.pbtxt": _configuration(choice) for choice in choices}
    places = {
        f"{choice.name}/1/{backend(choice.artifact.format, choice.version.label)[1]}": choice
        for choice in choices
    }
    return {"fetch.sh": fetching.script(places), **made}


def backend(format_: str, label: str) -> tuple[str, str]:
    """Give Triton's backend for a format, and the file name that it looks for; raises `RegistryError` where it has none."""
    if (found := _BACKENDS.get(format_)) is None:
        raise RegistryError(
            f"Triton has no backend for {format_}, the format of {label}",
            hint=f"it has one for {', '.join(sorted(_BACKENDS))}",
        )
    return found


def _configuration(choice: Choice) -> str:
    signature = choice.record.signature
    return "".join(
        (
            f"# {choice.version.label}, sha256 {choice.artifact.sha256}: {choice.page}\n",
            f'name: "{choice.name}"\n',
            f'backend: "{backend(choice.artifact.format, choice.version.label)[0]}"\n',
            # The signature's shapes have their first dimension in them, so Triton adds none of its own.
            "max_batch_size: 0\n",
            *(_tensor("input", tensor, choice) for tensor in signature.inputs),
            *(_tensor("output", tensor, choice) for tensor in signature.outputs),
            f'parameters {{ key: "modelry_version" value {{ string_value: "{choice.number}" }} }}\n',
        )
    )


def _tensor(kind: str, tensor: Tensor, choice: Choice) -> str:
    if tensor.dtype not in _TYPES:
        raise RegistryError(
            f"Triton knows no {tensor.dtype}, the type of {tensor.name} in {choice.version.label}",
            hint=f"it knows {', '.join(sorted(_TYPES))}",
        )
    name = tensor.name.replace("\\", "\\\\").replace('"', '\\"')
    dims = ", ".join("-1" if size is None else str(size) for size in tensor.shape)
    return f'{kind} {{ name: "{name}" data_type: {_TYPES[tensor.dtype]} dims: [ {dims} ] }}\n'
