"""Train one version of diabetes-progression and write all that registering it needs.

python train.py 1.1.0 OUTPUT_DIR
"""

import argparse
import json
import re
from io import BytesIO
from pathlib import Path
from string import Template
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import data
import evaluate
import skops.io
import yaml
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import HuberRegressor, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

Json = dict[str, Any]

HERE = Path(__file__).parent
ESTIMATORS = {
    "ridge": Ridge,
    "huber": HuberRegressor,
    "boosted-trees": GradientBoostingRegressor,
}


def train(params: Json, patients: data.Patients) -> Pipeline:
    """Fit the recipe's estimator to its columns, scaled."""
    columns = [data.COLUMNS.index(name) for name in params["columns"]]
    estimator = ESTIMATORS[params["estimator"]](**params["settings"])
    pipeline = Pipeline(
        [
            ("scale", ColumnTransformer([("scale", StandardScaler(), columns)])),
            ("regress", estimator),
        ]
    )
    return pipeline.fit(patients.baseline, patients.progression)


def save(pipeline: Pipeline, artifact: Path) -> None:
    """Write the pipeline as skops, so that the same training gives the same bytes.

    skops names what it stores by memory address and stamps it with the time of day;
    addresses become numbers in order of appearance, and the time is left out.
    """
    numbers: dict[str, str] = {}

    def numbered(address: re.Match[str]) -> str:
        return numbers.setdefault(address[0], str(len(numbers)))

    with ZipFile(BytesIO(skops.io.dumps(pipeline))) as dumped, ZipFile(artifact, "w") as saved:
        schema = re.sub(r'(?<="__id__": )\d+|\d+(?=\.npy")', numbered, dumped.read("schema.json").decode())
        members = {f"{numbers[name[:-4]]}.npy": name for name in dumped.namelist() if name.endswith(".npy")}
        for name in sorted(members):
            saved.writestr(ZipInfo(name), dumped.read(members[name]), ZIP_DEFLATED)
        saved.writestr(ZipInfo("schema.json"), schema, ZIP_DEFLATED)


def signature() -> dict[str, list[Json]]:
    """Say which columns go in, in this order, and what comes out."""
    return {
        "inputs": [{"name": name, "dtype": "float64", "shape": [None]} for name in data.COLUMNS],
        "outputs": [{"name": "progression", "dtype": "float64", "shape": [None]}],
    }


def sources(patients: data.Patients) -> list[Json]:
    """Say what the model learned from."""
    return [
        {
            "name": patients.name,
            "uri": "pkg:pypi/scikit-learn#sklearn.datasets.load_diabetes",
            "digest": patients.digest,
            "license": "LicenseRef-not-stated",
            "rows": len(patients.progression),
            "personal_data": True,
        }
    ]


def card(version: str, recipe: Json, measured: evaluate.Evaluation) -> str:
    """Fill the model card with the recipe's words and the measured numbers."""
    held_out = data.held_out().progression
    return Template((HERE / "card.md").read_text("utf-8")).substitute(
        recipe["card"],
        version=version,
        rows=len(data.training().progression),
        held_out=len(held_out),
        spread=f"{held_out.std():.1f}",
        mae=f"{measured['metrics']['mae']:.1f}",
        metrics=_metric_rows(measured),
        slices=_slice_rows(measured),
        trusted=evaluate.TRUSTED,
    )


def _metric_rows(measured: evaluate.Evaluation) -> str:
    rows = []
    for name, value in measured["metrics"].items():
        low, high = measured["intervals"][name]
        rows.append(f"| {name} | {value:.3f} | {low:.3f} to {high:.3f} |")
    return "\n".join(rows)


def _slice_rows(measured: evaluate.Evaluation) -> str:
    return "\n".join(
        f"| {name} | {of['rmse']:.3f} | {of['mae']:.3f} |" for name, of in measured["slices"].items()
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

    patients = data.training()
    artifact = out / "model.skops"
    save(train(recipe["params"], patients), artifact)
    measured = evaluate.evaluation(artifact, data.held_out())

    files = {
        "metrics.json": json.dumps([measured], indent=2) + "\n",
        "params.yaml": yaml.safe_dump(recipe["params"], sort_keys=False),
        "data.yaml": yaml.safe_dump(sources(patients), sort_keys=False),
        "signature.json": json.dumps(signature(), indent=2) + "\n",
        "card.md": card(arguments.version, recipe, measured),
    }
    for name, content in files.items():
        (out / name).write_text(content, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
