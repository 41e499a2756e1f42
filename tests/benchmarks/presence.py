"""What `modelry check` does to see that the remotes have all that a registry points to, and nothing else of it."""

import sys
from pathlib import Path

from modelry.storage import access, documents, folders, holdings


def main(top: Path) -> int:
    """Count the pointers of the registry in a folder whose objects are there."""
    tree = folders.tree(top, identified=False)
    policy = documents.registry(tree).policy.must
    found = holdings.Holdings(policy, tree, top, access.of_clone(top))
    addresses = holdings.addressed(tree)
    found.expect(lambda: addresses)
    return sum(found.size(address) is not None for address in addresses)


if __name__ == "__main__":
    expected = int(sys.argv[2])
    counted = main(Path(sys.argv[1]))
    sys.exit(0 if counted == expected else f"{counted} of {expected} are there")
