"""What the catalog's page searches by: names, facets, words and metrics, in documents small enough to fetch a few of."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date

from modelry.catalog import canonical, comparisons, numbers
from modelry.catalog.api import lists, registry
from modelry.catalog.comparisons import Headline
from modelry.catalog.documents.search import (
    Gaps,
    Key,
    Measured,
    Search,
    SearchMetric,
    SearchRow,
    SearchRows,
    SearchWords,
    Trace,
)
from modelry.catalog.entries import Catalog, ModelEntry, gated
from modelry.model.files import Files

ROWS = 16
"""How many models one document shows: a page of results asks for one for each result at worst."""

IGNORED = ("a", "an", "and", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with")

_WORD = re.compile(r"[^\W_]+")
_EPOCH = date(1970, 1, 1)


def files(catalog: Catalog) -> Files:
    """Give every document of the search, by its path in the API."""
    digest = canonical.sha256("".join(f"{model.name}\n" for model in catalog.models).encode())
    metrics, parts = _metrics(catalog), _words(catalog)
    made: dict[str, Search | SearchWords | SearchMetric | SearchRows] = {
        "search.json": _search(catalog, digest, list(metrics), sorted(parts))
    }
    for letter, (titles, summaries) in parts.items():
        document = SearchWords(digest=digest, titles=_gaps(titles), summaries=_gaps(summaries))
        made[f"search/words/{letter}.json"] = document
    for name, found in metrics.items():
        values = list(found.values())
        made[f"search/metrics/{name}.json"] = SearchMetric(
            digest=digest, metric=name, models=gaps(found), values=values
        )
    for start in range(0, len(catalog.models), ROWS):
        shown = {model.name: _row(model) for model in catalog.models[start : start + ROWS]}
        made[f"search/rows/{start // ROWS}.json"] = SearchRows(models=shown)
    return {path: canonical.dump(document) for path, document in made.items()}


def words(text: str) -> list[str]:
    """Give the words of a text as they are looked for: lower case, without accents."""
    if not text.isascii():
        text = "".join(
            sign
            for sign in unicodedata.normalize("NFKD", text)
            if not unicodedata.category(sign).startswith("M")
        )
    return _WORD.findall(text.lower())


def part(word: str) -> str:
    """Say which document has a word."""
    return word[0] if word[0].isascii() else "other"


def gaps(places: Iterable[int]) -> Gaps:
    """Give rising numbers as the first of them and the steps from each to the next."""
    made, last = [], 0
    for place in places:
        made.append(place - last)
        last = place
    return made


_Found = dict[str, list[int]]
"""By word or value, the places of the models that have it."""


def _gaps(found: _Found) -> dict[str, Gaps]:
    return {word: gaps(places) for word, places in found.items()}


def _search(catalog: Catalog, digest: str, metrics: list[str], parts: list[str]) -> Search:
    found: dict[str, _Found] = {facet: {} for facet in lists.FACETS}
    for place, model in enumerate(catalog.models):
        for facet, values in lists.values(model).items():
            for value in values:
                found[facet].setdefault(value, []).append(place)
    return registry.page(
        catalog,
        Search,
        names=[model.name for model in catalog.models],
        digest=digest,
        updated=[day(model) for model in catalog.models],
        facets={facet: _gaps(values) for facet, values in found.items()},
        metrics=[_measured(catalog, name) for name in metrics],
        words=parts,
        ignored=list(IGNORED),
        size=ROWS,
    )


def day(model: ModelEntry) -> int:
    """Give the day of a model's last change, counted from 1970; 0 for none."""
    return (model.active.astimezone(UTC).date() - _EPOCH).days if model.active else 0


def _measured(catalog: Catalog, name: str) -> Measured:
    known = catalog.policy.metrics.get(name)
    if known is None:
        return Measured(name=name, title=name, unit="", goal=None)
    return Measured(name=name, title=known.title or name, unit=known.unit or "", goal=known.goal)


def _words(catalog: Catalog) -> dict[str, tuple[_Found, _Found]]:
    """Give the words of titles and those of summaries, by the document that has them."""
    made: dict[str, tuple[_Found, _Found]] = {}
    for place, model in enumerate(catalog.models):
        for field, text in enumerate((model.title, model.summary)):
            for word in dict.fromkeys(words(text)):
                if word not in IGNORED:
                    made.setdefault(part(word), ({}, {}))[field].setdefault(word, []).append(place)
    return made


def _metrics(catalog: Catalog) -> dict[str, dict[int, float]]:
    """Give each metric's values by place: those first that gates look at, then what the policy knows, then the rest."""
    found: dict[str, dict[int, float]] = {}
    for place, model in enumerate(catalog.models):
        for name in model.metrics:
            if (value := model.result(model.main, name)) is not None:
                found.setdefault(name, {})[place] = value
    ranked = dict.fromkeys([*gated(catalog.policy), *catalog.policy.metrics, *sorted(found)])
    return {name: found[name] for name in ranked if name in found}


def _row(model: ModelEntry) -> SearchRow:
    head = comparisons.headline(model)
    return SearchRow(
        title=model.title,
        summary=model.summary,
        task=model.task,
        tags=list(model.tags),
        owners=list(model.owners),
        formats=list(head.formats),
        license=head.entry.record.license if head.entry else None,
        size=head.entry.record.artifact.size if head.entry else None,
        versions=len(model.versions),
        updated=numbers.day(model.active) if model.active else None,
        stages={stage: hold.entry.number for stage, hold in model.holds.items()},
        latest=model.latest.number if model.latest else None,
        deprecated=model.deprecated is not None,
        key=_key(head),
    )


def _key(head: Headline) -> Key | None:
    if head.metric is None or head.cell is None:
        return None
    line = head.line and Trace(
        points=[(point.x, point.y) for point in head.line.points],
        marked=next((at for at, point in enumerate(head.line.points) if point.marked), None),
        words=head.line.words,
    )
    return Key(metric=head.metric.name, value=head.cell.value, line=line)
