"""Train one version of digit-reader and write all that registering it needs.

python train.py 1.1.0 OUTPUT_DIR
"""

import argparse
import json
from pathlib import Path
from string import Template
from typing import Any

import data
import evaluate
import numpy as np
import onnx
import yaml
from numpy.typing import NDArray
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

Json = dict[str, Any]

HERE = Path(__file__).parent
PIXELS = 64
ESTIMATORS = {
    "logistic-regression": LogisticRegression,
    "neural-network": MLPClassifier,
}


def train(params: Json, digits: data.Digits) -> Pipeline:
    """Fit the recipe's estimator to pixels that are divided by the recipe's maximum."""
    images = moved_as_well(digits.images) if params["moved"] else digits.images
    truth = np.tile(digits.digits, len(images) // len(digits.images))
    limits = np.array([np.zeros(PIXELS), np.full(PIXELS, params["pixel_maximum"])])
    pipeline = Pipeline(
        [
            ("scale", MinMaxScaler().fit(limits)),
            ("classify", ESTIMATORS[params["estimator"]](**params["settings"])),
        ]
    )
    scale, classify = pipeline.named_steps.values()
    classify.fit(scale.transform(images.reshape(-1, PIXELS)), truth)
    return pipeline


def moved_as_well(images: data.Images) -> NDArray[np.float64]:
    """Return the images, then all of them moved by half a pixel and by one, four ways."""
    moved = [data.move(images, *step) for step in data.NEIGHBORS]
    return np.concatenate([images, *[(images + one) / 2 for one in moved], *moved])


def save(pipeline: Pipeline, params: Json, out: Path) -> Path:
    """Write the artifact: one file for rows of pixels, a folder for images."""
    graph = convert_sklearn(
        pipeline,
        name="digit-reader",
        initial_types=[("pixels", FloatTensorType([None, PIXELS]))],
        final_types=[
            ("digit", Int64TensorType([None])),
            ("probabilities", FloatTensorType([None, 10])),
        ],
        options={"zipmap": False},
        target_opset=17,
    )
    # skl2onnx lists its operator sets in any order; the same model shall be the same bytes.
    graph.opset_import.sort(key=lambda opset: opset.domain)
    if params["input"] == "pixels":
        artifact = out / "model.onnx"
        onnx.save(graph, artifact)
        return artifact
    folder = out / "digit-reader"
    folder.mkdir(exist_ok=True)
    onnx.save(reading_images(graph), folder / "model.onnx")
    _write_json(folder / "labels.json", [str(digit) for digit in range(10)])
    pixels = {"height": 8, "width": 8, "ink": [0, params["pixel_maximum"]], "resize": "count of inked dots"}
    _write_json(folder / "preprocessing.json", pixels)
    return folder


def reading_images(model: onnx.ModelProto) -> onnx.ModelProto:
    """Put two nodes in front, so that the graph takes 8x8 images of whole numbers."""
    graph = model.graph
    image = onnx.helper.make_tensor_value_info("image", onnx.TensorProto.UINT8, [None, 8, 8])
    first = [
        onnx.helper.make_node("Cast", ["image"], ["ink"], to=onnx.TensorProto.FLOAT),
        onnx.helper.make_node("Flatten", ["ink"], ["pixels"], axis=1),
    ]
    nodes = [*first, *graph.node]
    del graph.input[:], graph.node[:]
    graph.input.append(image)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def signature(artifact: Path) -> dict[str, list[Json]]:
    """Read inputs and outputs from the saved graph; null is a free dimension."""
    graph = onnx.load(artifact / "model.onnx" if artifact.is_dir() else artifact).graph
    return {
        "inputs": [_tensor(value) for value in graph.input],
        "outputs": [_tensor(value) for value in graph.output],
    }


def _tensor(value: onnx.ValueInfoProto) -> Json:
    tensor = value.type.tensor_type
    return {
        "name": value.name,
        "dtype": onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type).name,
        "shape": [size.dim_value if size.HasField("dim_value") else None for size in tensor.shape.dim],
    }


def sources(digits: data.Digits) -> list[Json]:
    """Say what the model learned from."""
    return [
        {
            "name": digits.name,
            "uri": "pkg:pypi/scikit-learn#sklearn.datasets.load_digits",
            "digest": digits.digest,
            "license": "CC-BY-4.0",
            "rows": len(digits.digits),
            "personal_data": False,
        }
    ]


def card(version: str, recipe: Json, measured: evaluate.Evaluation) -> str:
    """Fill the model card with the recipe's words and the measured numbers."""
    held_out = len(data.held_out().digits)
    return Template((HERE / "card.md").read_text("utf-8")).substitute(
        recipe["card"],
        version=version,
        rows=len(data.training().digits),
        held_out=held_out,
        wrong=round((1 - measured["metrics"]["accuracy"]) * held_out),
        metrics=_metric_rows(measured),
        slices=_slice_rows(measured),
    )


def _metric_rows(measured: evaluate.Evaluation) -> str:
    rows = []
    for name, value in measured["metrics"].items():
        interval = measured["intervals"].get(name)
        between = " to ".join(f"{bound:.3f}" for bound in interval) if interval else ""
        rows.append(f"| {name} | {value:.3f} | {between} |")
    return "\n".join(rows)


def _slice_rows(measured: evaluate.Evaluation) -> str:
    return "\n".join(
        f"| {name} | {of['recall']:.3f} | {of['precision']:.3f} |" for name, of in measured["slices"].items()
    )


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8", newline="\n")


def main() -> None:
    """Train, save, measure what was saved, and write the facts beside it."""
    parser = argparse.ArgumentParser(description="Train one version.")
    parser.add_argument("version")
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    out: Path = arguments.output
    out.mkdir(parents=True, exist_ok=True)
    text = (HERE / "recipes" / f"{arguments.version}.yaml").read_text("utf-8")
    recipe = yaml.safe_load(text)

    digits = data.training()
    artifact = save(train(recipe["params"], digits), recipe["params"], out)
    measured = evaluate.evaluation(artifact, data.held_out())

    _write_json(out / "metrics.json", [measured])
    _write_json(out / "signature.json", signature(artifact))
    texts = {
        "params.yaml": yaml.safe_dump(recipe["params"], sort_keys=False),
        "data.yaml": yaml.safe_dump(sources(digits), sort_keys=False),
        "card.md": card(arguments.version, recipe, measured),
    }
    for name, content in texts.items():
        (out / name).write_text(content, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
