"""The built site: pages of our own making in the theme's frame, looked through, then put in place whole.

- `engine` runs mkdocs, `theme` keeps what it made; `writing` puts files into the fresh folder, `state` knows what the
  old one was made from, `checking` looks the result through; `snapshots` of earlier sites stay for a while.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from modelry.catalog import plan as plans
from modelry.catalog.plan import Plan
from modelry.model.files import Files
from modelry.storage import folders
from modelry.storage.site import snapshots
from modelry.storage.site.checking import check
from modelry.storage.site.making import Done, Making

__all__ = ["DEFAULT", "Done", "build", "check"]

DEFAULT = "site/_build/catalog"
"""Where a registry's catalog is built unless told; git ignores it."""


def _quiet(_: int) -> None:
    """Tell nobody."""


def build(
    given: Plan | Files,
    destination: Path,
    when: datetime,
    processes: int = 0,
    tick: Callable[[int], None] = _quiet,
) -> Done:
    """Build the catalog into a folder, which is then the old site or the new one, never half of either.

    `when` is the only time that the site knows: the same plan and time give the same bytes, whatever of the old site
    was taken over and however many processes shared the work. Raises `RegistryError` when mkdocs warns of anything or
    the built site is not whole; the old one then stays.
    """
    plan = given if isinstance(given, Plan) else plans.of_files(given)
    with folders.replacing(destination) as fresh:
        making = Making(plan, destination, fresh, when, processes)
        done = making.run(tick)
        snapshots.keep(destination, fresh)
    making.remember()
    return done
