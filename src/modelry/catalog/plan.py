"""The catalog as work to do: a part for each model, which is made again only where what it is made of changed, and the rest."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from modelry.model.files import Files

Facts = Mapping[str, Any]
"""What the rest wants to know of a part without making it; JSON can hold it."""


class Made(NamedTuple):
    """What a part comes to."""

    files: Files
    """By path in the site; a page is still Markdown."""
    facts: Facts


class Part(NamedTuple):
    """Files that are made from the same few things."""

    name: str
    key: str
    """A digest of all that it is made of: while that is the same, so are the files, and the facts."""
    make: Callable[[], Made]


class Plan(NamedTuple):
    """All that makes a site."""

    theme: Files
    """`mkdocs.yml` and `theme/`: what is around each page."""
    written: Files
    """The pages that people wrote by hand, and what lies beside them: mkdocs renders these."""
    parts: Sequence[Part]
    rest: Callable[[Mapping[str, Facts]], Files]
    """Give everything that stands over the parts, from the facts of each."""


def whole(plan: Plan) -> Files:
    """Give the tree that mkdocs or Zensical builds alone: the same site, made the slow way."""
    made = {part.name: part.make() for part in plan.parts}
    docs = {**plan.written, **plan.rest({name: part.facts for name, part in made.items()})}
    for part in made.values():
        docs |= part.files
    return dict(sorted({**plan.theme, **{f"docs/{path}": data for path, data in docs.items()}}.items()))


def of_files(tree: Files) -> Plan:
    """Give the plan of a tree as `whole` gives it: no part; a page without our front matter is somebody's, the others are rest."""
    docs = {path.removeprefix("docs/"): data for path, data in tree.items() if path.startswith("docs/")}
    theme = {path: data for path, data in tree.items() if not path.startswith("docs/")}
    written = {path for path, data in docs.items() if path.endswith(".md") and not data.startswith(b"---\n")}
    ours = {path: data for path, data in docs.items() if path not in written}
    return Plan(theme, {path: docs[path] for path in written}, (), lambda _: ours)
