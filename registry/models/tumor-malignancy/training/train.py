"""Train one version of tumor-malignancy and write all that registering it needs.

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
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

Json = dict[str, Any]

HERE = Path(__file__).parent
ESTIMATORS = {
    "logistic-regression": LogisticRegression,
    "neural-network": MLPClassifier,
}


def train(params: Json, cases: data.Cases) -> Pipeline:
    """Fit the recipe's estimator to its columns, scaled."""
    columns = [data.MEASUREMENTS.index(name) for name in params["columns"]]
    estimator = ESTIMATORS[params["estimator"]](**params["settings"])
    pipeline = Pipeline(
        [
            ("scale", ColumnTransformer([("scale", StandardScaler(), columns)])),
            ("classify", estimator),
        ]
    )
    weights = np.where(cases.malignant, params["weights"]["malignant"], 1.0)
    return pipeline.fit(cases.measurements, cases.malignant, classify__sample_weight=weights)


def save(pipeline: Pipeline, artifact: Path) -> None:
    """Write the pipeline as ONNX: all 30 measurements in, label and probabilities out.

    The signature is the same whichever columns a recipe reads.
    """
    graph = convert_sklearn(
        pipeline,
        name="tumor-malignancy",
        initial_types=[("measurements", FloatTensorType([None, len(data.MEASUREMENTS)]))],
        final_types=[
            ("malignant", Int64TensorType([None])),
            ("probabilities", FloatTensorType([None, 2])),
        ],
        options={"zipmap": False},
        target_opset=17,
    )
    # skl2onnx lists its operator sets in any order; the same model shall be the same bytes.
    graph.opset_import.sort(key=lambda opset: opset.domain)
    onnx.save(graph, artifact)


def signature(artifact: Path) -> dict[str, list[dict[str, object]]]:
    """Read inputs and outputs from the saved graph; null is a free dimension."""
    graph = onnx.load(artifact).graph
    return {
        "inputs": [_tensor(value) for value in graph.input],
        "outputs": [_tensor(value) for value in graph.output],
    }


def _tensor(value: onnx.ValueInfoProto) -> dict[str, object]:
    tensor = value.type.tensor_type
    return {
        "name": value.name,
        "dtype": onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type).name,
        "shape": [size.dim_value if size.HasField("dim_value") else None for size in tensor.shape.dim],
    }


def sources(cases: data.Cases) -> list[dict[str, object]]:
    """Say what the model learned from."""
    return [
        {
            "name": cases.name,
            "uri": "pkg:pypi/scikit-learn#sklearn.datasets.load_breast_cancer",
            "digest": cases.digest,
            "license": "CC-BY-4.0",
            "rows": len(cases.malignant),
            "personal_data": False,
        }
    ]


def card(version: str, recipe: Json, measured: evaluate.Evaluation) -> str:
    """Fill the model card with the recipe's words and the measured numbers."""
    learned, judged = data.training(), data.held_out()
    return Template((HERE / "card.md").read_text("utf-8")).substitute(
        recipe["card"],
        version=version,
        rows=len(learned.malignant),
        malignant=learned.malignant.sum(),
        held_out=len(judged.malignant),
        held_out_malignant=judged.malignant.sum(),
        missed=round((1 - measured["metrics"]["recall"]) * judged.malignant.sum()),
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
        f"| {name} | {of['recall']:.3f} | {of['accuracy']:.3f} |" for name, of in measured["slices"].items()
    )


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

    cases = data.training()
    artifact = out / "model.onnx"
    save(train(recipe["params"], cases), artifact)
    measured = evaluate.evaluation(artifact, data.held_out())

    files = {
        "metrics.json": json.dumps([measured], indent=2) + "\n",
        "params.yaml": yaml.safe_dump(recipe["params"], sort_keys=False),
        "data.yaml": yaml.safe_dump(sources(cases), sort_keys=False),
        "signature.json": json.dumps(signature(artifact), indent=2) + "\n",
        "card.md": card(arguments.version, recipe, measured),
    }
    for name, content in files.items():
        (out / name).write_text(content, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
