"""What changed from one version to the next, field by field."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modelry.catalog import numbers
from modelry.catalog.entries import VersionEntry

_SHOWN = 120
"""As much of a value as a comparison shows; the version's own page has it whole."""


Fact = str | tuple[str, ...]
"""A value in words; a list keeps its items."""


class Change(NamedTuple):
    """A field that differs."""

    field: str
    before: str
    """Empty where there was none."""
    after: str
    """Empty where there is none any more."""


def between(before: VersionEntry, after: VersionEntry) -> tuple[Change, ...]:
    """Give the facts that differ, other than results and names: artifact, data, code, parameters and the rest."""
    old, new = dict(_facts(before)), dict(_facts(after))
    fields = [field for field in dict.fromkeys([*new, *old]) if old.get(field) != new.get(field)]
    return tuple(Change(field, *_told(old.get(field), new.get(field))) for field in fields)


def _told(before: Fact | None, after: Fact | None) -> tuple[str, str]:
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _items(before, after), _items(after, before)
    return _short(before), _short(after)


def _items(items: tuple[str, ...], others: tuple[str, ...]) -> str:
    """Tell of a list what the other has not, and how long it is."""
    own = ", ".join(item for item in items if item not in others)
    return _short(f"{len(items)} items" + (f", among them {own}" if own else ""))


def _short(fact: Fact | None) -> str:
    text = ", ".join(fact) if isinstance(fact, tuple) else fact or ""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip(' ,')}…"


def _facts(entry: VersionEntry) -> Iterator[tuple[str, Fact]]:
    record = entry.record
    yield "format", record.artifact.format
    yield "size", numbers.size(record.artifact.size)
    yield "license", record.license
    for side in ("inputs", "outputs"):
        for tensor in getattr(record.signature, side):
            yield f"{side} {tensor.name}", f"{tensor.dtype} {shape(tensor.shape)}"
    for data in record.training.data:
        yield (
            f"data {data.name}",
            data.digest[:19] + (f", {data.rows:,} rows" if data.rows is not None else ""),
        )
    yield "code", record.training.code.repository
    yield "commit", record.training.code.commit[:10]
    for name, value in _leaves(record.training.params):
        yield name, tuple(map(plain, value)) if isinstance(value, tuple | list) and value else plain(value)
    yield from (record.training.environment or {}).items()
    if record.training.hardware:
        yield "hardware", record.training.hardware
    if record.training.seed is not None:
        yield "seed", str(record.training.seed)


def shape(sizes: tuple[int | None, ...]) -> str:
    """Give a tensor's shape as people write it."""
    return " \N{MULTIPLICATION SIGN} ".join("?" if size is None else str(size) for size in sizes) or "scalar"


def flat(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give nested parameters as dotted names and text, in their order."""
    return ((name, plain(inner)) for name, inner in _leaves(value))


def _leaves(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _leaves(inner, f"{above}{name}.")
        else:
            yield f"{above}{name}", inner


def plain(value: object) -> str:
    """Give a parameter's value as YAML would have it on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case tuple() | list():
            return ", ".join(plain(item) for item in value) or "(none)"
        case float():
            return f"{value:g}" if value == float(f"{value:g}") else repr(value)
        case Mapping():
            return ", ".join(f"{name}: {plain(item)}" for name, item in value.items()) or "(none)"
    return str(value)
