"""`.modelry.yaml`: what `modelry init` was told and wrote, so that it need not ask again and knows what was edited."""

from collections.abc import Mapping

from modelry.errors import NotFoundError, RegistryError
from modelry.model import schema
from modelry.model.files import Tree
from modelry.model.scaffold import PATH, Answers, Scaffold
from modelry.storage import documents, yaml


def dump(answers: Answers, ids: Mapping[str, str]) -> bytes:
    """Give the file: the answers, and git's ids of the files as they came from modelry."""
    told = {
        "schema": "scaffold/v1",
        "answers": answers.model_dump(mode="json", exclude_defaults=True),
        "files": dict(sorted(ids.items())),
    }
    return (schema.header("scaffold") + yaml.dump(told)).encode()


def load(tree: Tree) -> Scaffold:
    """Read the file; raises `NotFoundError` where there is none, and `RegistryError` where nobody can read it."""
    if PATH not in tree.entries:
        raise NotFoundError(
            f"main has no {PATH}: nobody knows what came from modelry",
            hint="write what is missing, and it: modelry init . ; then commit that",
        )
    document = documents.load(tree, PATH, Scaffold)
    if document.value is None:
        fault = document.faults[0]
        line, column = fault.position
        raise RegistryError(f"{PATH}:{line}:{column}: {fault.message}", hint=fault.hint)
    return document.value
