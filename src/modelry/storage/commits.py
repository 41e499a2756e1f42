"""The registry of a commit."""

from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model import layout
from modelry.model.registry import Registry
from modelry.storage import documents


def registry(repository: Repository, revision: str) -> Registry:
    """Give the registry of a commit."""
    tree = repository.tree(repository.commit(revision))
    if layout.POLICY not in tree.entries:
        raise RegistryError(f"{revision} has no {layout.POLICY}", hint="begin a registry: modelry init DIR")
    return documents.registry(tree)
