"""Where a model comes from and where it goes: data and parents, its versions, the stages they hold, what was made from them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from modelry.catalog.entries import Catalog, ModelEntry, VersionEntry

_VERSIONS, _OTHERS = 6, 8
"""How many versions a graph shows, and how many of anything else."""
_WIDTH, _HEIGHT, _STEP, _ROW = 200, 30, 260, 42
_LETTERS = 27


class Node(NamedTuple):
    """A box of the graph."""

    x: int
    y: int
    label: str
    kind: str
    """data, parent, version, stage or made."""


class Lineage(NamedTuple):
    """The graph, and the same as a list."""

    nodes: tuple[Node, ...]
    lines: tuple[str, ...]
    """What leads from box to box, as SVG draws it."""
    height: int
    versions: tuple[tuple[VersionEntry, tuple[str, ...]], ...]
    """The versions that are shown, the newest first, each with the stages that it holds."""
    made: tuple[VersionEntry, ...]
    """Versions of other models that name one of these as a parent."""


def children(catalog: Catalog) -> Mapping[str, tuple[VersionEntry, ...]]:
    """Give by model the versions of other models that were made from it."""
    found: dict[str, list[VersionEntry]] = {}
    for model in catalog.models:
        for entry in model.versions:
            for name in {parent.partition("@")[0] for parent in entry.record.parents or ()} - {model.name}:
                found.setdefault(name, []).append(entry)
    return {name: tuple(entries) for name, entries in found.items()}


def of(model: ModelEntry, made: Sequence[VersionEntry]) -> Lineage | None:
    """Draw the versions that hold a stage and the latest, and what they come from; None without a version."""
    wanted = [*(hold.entry for hold in model.holds.values()), *((model.latest,) if model.latest else ())]
    held = {entry.number for entry in wanted or model.versions[-1:]}
    shown = [entry for entry in reversed(model.versions) if entry.number in held][:_VERSIONS]
    if not shown:
        return None
    graph = _Graph()
    for entry in shown:
        version = graph.box(1, "version", entry.number)
        for data in entry.record.training.data:
            graph.line(graph.box(0, "data", data.name), version)
        for parent in entry.record.parents or ():
            graph.line(graph.box(0, "parent", parent), version)
        for stage in model.stages_of(entry):
            graph.line(version, graph.box(2, "stage", stage))
        for child in made:
            if entry.version.label in (child.record.parents or ()):
                graph.line(version, graph.box(2, "made", child.version.label))
    versions = tuple((entry, model.stages_of(entry)) for entry in shown)
    return Lineage(tuple(graph.nodes), tuple(graph.lines), graph.height, versions, tuple(made[:_OTHERS]))


class _Graph:
    """Boxes in three columns, in the order in which they are named."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._known: dict[tuple[str, str], Node] = {}
        self._filled = [0, 0, 0]

    @property
    def nodes(self) -> Sequence[Node]:
        return tuple(self._known.values())

    @property
    def height(self) -> int:
        return max(self._filled) * _ROW

    def box(self, column: int, kind: str, label: str) -> Node | None:
        """Give the box of this name; None where the column is full."""
        key = kind, label
        if key not in self._known:
            if self._filled[column] >= _OTHERS:
                return None
            short = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1]}…"
            self._known[key] = Node(column * _STEP, self._filled[column] * _ROW, short, kind)
            self._filled[column] += 1
        return self._known[key]

    def line(self, one: Node | None, other: Node | None) -> None:
        """Lead from a box to another to its right."""
        if one is not None and other is not None:
            x, y, to_x, to_y = one.x + _WIDTH, one.y + _HEIGHT // 2, other.x, other.y + _HEIGHT // 2
            middle = (x + to_x) // 2
            self.lines.append(f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}")
