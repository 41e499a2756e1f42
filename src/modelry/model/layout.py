"""Where each document of the registry lies: the path is the identity, and this is how it is spelled."""

from typing import Literal, NamedTuple

from modelry.model import names

ROOT = "registry"
POLICY = f"{ROOT}/registry.yaml"

Kind = Literal[
    "policy",
    "model",
    "version",
    "pointer",
    "card",
    "evaluation",
    "yank",
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
    """Its version, stage or waiver."""
    file: str = ""
    """What is left: the evaluation's name, the pointer's file, the object's path."""


def model(name: str) -> str:
    """Give the path of a model's own document."""
    return f"{ROOT}/models/{name}/model.yaml"


def version(name: str, number: str, file: str = "version.yaml") -> str:
    """Give the path of a file of a version; of its record unless told."""
    return f"{ROOT}/models/{name}/versions/{number}/{file}"


def evaluation(name: str, number: str, evaluation_name: str) -> str:
    """Give the path of a version's later evaluation."""
    return version(name, number, f"evaluations/{evaluation_name}.yaml")


def stage(name: str, stage_name: str) -> str:
    """Give the path of the assignment of a model's stage."""
    return f"{ROOT}/models/{name}/stages/{stage_name}.yaml"


def place(path: str) -> Place | None:
    """Say what a path below the registry's folder stands for; None where nothing may lie."""
    match path.split("/"):
        case ["registry", "registry.yaml"]:
            return Place("policy")
        case ["registry", *rest] if names.is_object("/".join(rest)):
            return Place("object", file="/".join(rest))
        case ["registry", "models", name, *rest] if names.is_model(name):
            return _of_model(name, rest)
    return None


def _of_model(name: str, rest: list[str]) -> Place | None:
    match rest:
        case ["model.yaml"]:
            return Place("model", name)
        case ["training", *inner] if inner and not {"", ".", ".."} & {*inner}:
            return Place("training", name, file="/".join(inner))
        case ["stages", file] if names.is_stage(file.removesuffix(".yaml")) and file.endswith(".yaml"):
            return Place("assignment", name, file.removesuffix(".yaml"))
        case ["waivers", file] if names.is_model(file.removesuffix(".yaml")) and file.endswith(".yaml"):
            return Place("waiver", name, file.removesuffix(".yaml"))
        case ["versions", number, *inner] if names.is_version(number):
            return _of_version(name, number, inner)
    return None


def _of_version(name: str, number: str, inner: list[str]) -> Place | None:
    match inner:
        case ["version.yaml"]:
            return Place("version", name, number)
        case ["card.md"]:
            return Place("card", name, number)
        case ["yanked.yaml"]:
            return Place("yank", name, number)
        case [file] if file.endswith(".dvc") and names.is_file(file.removesuffix(".dvc")):
            return Place("pointer", name, number, file)
        case ["evaluations", file] if names.is_model(file.removesuffix(".yaml")) and file.endswith(".yaml"):
            return Place("evaluation", name, number, file.removesuffix(".yaml"))
    return None
