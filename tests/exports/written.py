"""What each target makes of one registry, kept as files: `PYTHONPATH=tests python -m exports.written --write`.

Read the difference before you commit it.
"""

import shutil
import sys
from pathlib import Path

import builders
from modelry import exports
from modelry.exports.base import Options
from modelry.model.files import Files
from modelry.storage import folders, manifests

HOME = Path(__file__).parent / "expected"


def files(target: str, *references: str, **options: str) -> Files:
    """Give what a target makes of the tests' registry."""
    registry = builders.registry_of(builders.a_registry(2, 2))
    return manifests.files(exports.export(target, registry, references, Options(**options)))


def made(target: str) -> Files:
    """Give what is kept of a target."""
    one = target == "huggingface"
    return files(target, "churn@production" if one else "@production", namespace="models")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    shutil.rmtree(HOME, ignore_errors=True)
    for name in exports.TARGETS:
        folders.write(made(name), HOME / name)
