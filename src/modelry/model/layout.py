"""Where each document of the registry lies: the path is the identity, and this is how it is spelled."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from modelry.model import names

ROOT = "registry"
POLICY = f"{ROOT}/registry.yaml"
MODELS = f"{ROOT}/models"
SCHEMAS = f"{ROOT}/schemas"

# A name is asked for once for each of its files.
_is_model = lru_cache(names.is_model)
_is_version = lru_cache(names.is_version)
_unyanked = re.compile(r"unyanked-([1-9][0-9]{0,2})\.yaml")

Kind = Literal[
    "policy",
    "schema",
    "model",
    "version",
    "pointer",
    "card",
    "evaluation",
    "yank",
    "unyank",
    "assignment",
    "waiver",
    "training",
    "object",
]


class Place(NamedTuple):
    """What a path of the registry stands for."""

    kind: Kind
    model: str = ""
    """The model it belongs to, if any."""
    name: str = ""
    """Its version, stage or waiver; of an organisation's schema, the task."""
    file: str = ""
    """What is left: the evaluation's name, the pointer's file, the object's path, which unyank it is, from 1."""


def model(name: str) -> str:
    """Give the path of a model's own document."""
    return f"{ROOT}/models/{name}/model.yaml"


def schema(task: str) -> str:
    """Give the path of the organisation's JSON Schema for `extra` of a task's models."""
    return f"{ROOT}/schemas/{task}.json"


def version(name: str, number: str, file: str = "version.yaml") -> str:
    """Give the path of a file of a version; of its record unless told."""
    return f"{ROOT}/models/{name}/versions/{number}/{file}"


def evaluation(name: str, number: str, evaluation_name: str) -> str:
    """Give the path of a version's later evaluation."""
    return version(name, number, f"evaluations/{evaluation_name}.yaml")


def unyank(name: str, number: str, ordinal: int) -> str:
    """Give the path of the record that a version was taken back into use, the first time or a later one."""
    return version(name, number, f"unyanked-{ordinal}.yaml")


def stage(name: str, stage_name: str) -> str:
    """Give the path of the assignment of a model's stage."""
    return f"{ROOT}/models/{name}/stages/{stage_name}.yaml"


def waiver(name: str, waiver_name: str) -> str:
    """Give the path of a model's waiver."""
    return f"{ROOT}/models/{name}/waivers/{waiver_name}.yaml"


def place(path: str) -> Place | None:
    """Say what a path below the registry's folder stands for; None where nothing may lie."""
    match path.split("/"):
        # Most paths are a model's, and most of those a version's: they come first.
        case ["registry", "models", name, *rest]:
            return _of_model(name, rest) if _is_model(name) else None
        case ["registry", "registry.yaml"]:
            return Place("policy")
        case ["registry", "schemas", file] if names.is_slug(file.removesuffix(".json")) and file.endswith(
            ".json"
        ):
            return Place("schema", name=file.removesuffix(".json"))
        case ["registry", *rest] if names.is_object("/".join(rest)):
            return Place("object", file="/".join(rest))
    return None


def _of_model(name: str, rest: list[str]) -> Place | None:
    match rest:
        case ["versions", number, *inner]:
            return _of_version(name, number, inner) if _is_version(number) else None
        case ["model.yaml"]:
            return Place("model", name)
        case ["training", *inner] if inner and not {"", ".", ".."} & {*inner}:
            return Place("training", name, file="/".join(inner))
        case ["stages", file] if names.is_stage(file.removesuffix(".yaml")) and file.endswith(".yaml"):
            return Place("assignment", name, file.removesuffix(".yaml"))
        case ["waivers", file] if names.is_model(file.removesuffix(".yaml")) and file.endswith(".yaml"):
            return Place("waiver", name, file.removesuffix(".yaml"))
    return None


def _of_version(name: str, number: str, inner: list[str]) -> Place | None:
    match inner:
        case ["version.yaml"]:
            return Place("version", name, number)
        case ["card.md"]:
            return Place("card", name, number)
        case ["yanked.yaml"]:
            return Place("yank", name, number)
        case [file] if found := _unyanked.fullmatch(file):
            return Place("unyank", name, number, found[1])
        case [file] if file.endswith(".dvc") and names.is_file(file.removesuffix(".dvc")):
            return Place("pointer", name, number, file)
        case ["evaluations", file] if names.is_model(file.removesuffix(".yaml")) and file.endswith(".yaml"):
            return Place("evaluation", name, number, file.removesuffix(".yaml"))
    return None
