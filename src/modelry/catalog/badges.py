"""Badges: which version is in a stage, as a picture for a README and as the JSON of shields' endpoint."""

from collections.abc import Iterator
from html import escape

from modelry.catalog import canonical, stages
from modelry.catalog.documents import Badge
from modelry.catalog.entries import Catalog, ModelEntry
from modelry.model.files import Files

_COLORS = {
    "green": "#2e7d32",
    "amber": "#b26a00",
    "violet": "#6a3fb5",
    "blue": "#1565c0",
    "teal": "#00696f",
    "pink": "#ad1457",
    "gray": "#5f6368",
    "red": "#b3261e",
}
"""The stages' colours on which white text reads well, at a contrast of 4.5 and more."""

_KEPT = 300
"""Seconds that shields keeps a badge: no less than it takes."""

_SIGN = 6.6
_ROOM = 12
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{name}: {value}">
<title>{name}: {value}</title>
<clipPath id="r"><rect width="{width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#444"/><rect x="{left}" width="{right}" height="20" fill="{color}"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="{at_name}" y="14" textLength="{long_name}">{name}</text><text x="{at_value}" y="14" textLength="{long_value}">{value}</text>
</g>
</svg>
"""


def files(catalog: Catalog) -> Files:
    """Give `models/<model>/badges/<stage>.svg` and `.json`, for each stage that it holds and for `latest`."""
    made: dict[str, bytes] = {}
    for model in catalog.models:
        for name, value, color in _badges(model):
            path = f"models/{model.name}/badges/{name}"
            label = f"{model.name} {name}"
            made[f"{path}.svg"] = _svg(label, value, _COLORS[color]).encode()
            shade = _COLORS[color].removeprefix("#")
            told = Badge(schemaVersion=1, label=label, message=value, color=shade, cacheSeconds=_KEPT)
            made[f"{path}.json"] = canonical.dump(told)
    return made


def _badges(model: ModelEntry) -> Iterator[tuple[str, str, str]]:
    for stage, hold in model.holds.items():
        color = "red" if hold.entry.yank is not None else stages.tone(stage)
        yield stage, f"{hold.entry.number}{' (yanked)' if hold.entry.yank is not None else ''}", color
    if model.latest is not None:
        yield "latest", model.latest.number, "blue"


def _svg(name: str, value: str, color: str) -> str:
    left, right = (round(len(text) * _SIGN) + _ROOM for text in (name, value))
    return _SVG.format(
        name=escape(name),
        value=escape(value),
        color=color,
        width=left + right,
        left=left,
        right=right,
        at_name=left / 2,
        at_value=left + right / 2,
        long_name=left - _ROOM,
        long_value=right - _ROOM,
    )
