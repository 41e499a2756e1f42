"""Finding the registry that one stands in; light, since every command begins with it."""

import os
from pathlib import Path

from modelry.errors import NotFoundError
from modelry.model import layout


def find(start: Path) -> Path:
    """Give the top of the repository whose registry one stands in, looking upward.

    `start` may be the top, the registry's folder or any folder below either. Raises `NotFoundError`.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        if os.path.isfile(folder / layout.POLICY):  # noqa: PTH113 - False, not an error, where we may not look
            return folder
    raise NotFoundError(
        f"there is no {layout.POLICY} in {start} or above",
        hint="go to a registry, name one with --registry PATH|URL, or begin one: modelry init DIR",
    )
