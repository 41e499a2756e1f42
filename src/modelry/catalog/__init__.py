"""What is shown: a tree of Markdown, a configuration and a JSON API, made from the registry at one moment.

`files` gives the whole tree to hand to mkdocs; `Moment` is what git knows of that moment.
"""

from importlib import resources

from modelry.catalog import api, configuration, discovery, feeds, gathering, pages
from modelry.model.files import Files
from modelry.model.moment import Moment
from modelry.model.registry import Registry

__all__ = ["Moment", "files"]


def files(registry: Registry, moment: Moment) -> Files:
    """Give the catalog's sources: `mkdocs.yml`, `docs/` with pages, assets and `api/v1/`, and `theme/`.

    The same registry and moment give the same bytes. A document with faults is shown as such; only a
    policy that cannot be read raises `NotFoundError`, for without it nobody knows what is published where.
    """
    catalog = gathering.of(registry, moment)
    shown, told = pages.files(catalog), api.files(catalog)
    docs = {**shown, **told, **api.twins(shown, told), **discovery.files(catalog, shown)}
    docs |= {**feeds.files(catalog), **_own("assets")}
    made = {"mkdocs.yml": configuration.mkdocs(catalog), **_own("theme")}
    made |= {f"docs/{path}": data for path, data in docs.items()}
    return dict(sorted(made.items()))


def _own(folder: str) -> Files:
    """Give the files that lie beside this code."""
    made: dict[str, bytes] = {}
    for file in (resources.files("modelry.catalog") / folder).iterdir():
        path = f"{folder}/{file.name}"
        made |= _own(path) if file.is_dir() else {path: file.read_bytes()}
    return made
