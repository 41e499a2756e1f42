"""What changed from one version to another: results on the same data, and every fact that differs."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modelry.model.documents import Measurement, VersionRecord
from modelry.model.registry import Version


class Result(NamedTuple):
    """One metric of two versions on the same data set, or on the same slice of it."""

    dataset: str
    slice: str
    """The slice; empty for the whole data set."""
    metric: str
    before: float | None
    """None where it was not measured."""
    after: float | None


class Difference(NamedTuple):
    """A fact that differs."""

    group: str
    """artifact, signature, params, data, code, environment or training."""
    field: str
    before: str
    """Empty where there was none."""
    after: str
    """Empty where there is none any more."""


def results(before: Version | None, after: Version) -> tuple[Result, ...]:
    """Give the newer version's results beside the older's on the same data set, name and version alike."""
    old = _measured(before.measurements if before is not None else ())
    new = _measured(after.measurements)
    return tuple(Result(*key, old.get(key), value) for key, value in new.items())


def _measured(measurements: tuple[Measurement, ...]) -> dict[tuple[str, str, str], float]:
    found: dict[tuple[str, str, str], float] = {}
    for measurement in measurements:
        dataset = f"{measurement.dataset.name}@{measurement.dataset.version}"
        for part, metrics in (("", measurement.metrics), *(measurement.slices or {}).items()):
            for metric, value in metrics.items():
                found.setdefault((dataset, part, metric), value)
    return found


def differences(before: VersionRecord, after: VersionRecord) -> tuple[Difference, ...]:
    """Give the facts that differ, other than names, times and results."""
    old, new = dict(_facts(before)), dict(_facts(after))
    keys = [key for key in dict.fromkeys([*new, *old]) if old.get(key) != new.get(key)]
    return tuple(Difference(*key, *_told(old.get(key), new.get(key))) for key in keys)


Fact = str | tuple[str, ...]
"""A value in words; a list keeps its items."""

_SHOWN = 120
"""As much of a value as a comparison shows; the record has it whole."""


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


def _facts(record: VersionRecord) -> Iterator[tuple[tuple[str, str], Fact]]:
    training = record.training
    yield ("artifact", "format"), record.artifact.format
    yield ("artifact", "size"), f"{record.artifact.size:,} bytes"
    yield ("artifact", "license"), record.license
    for side, tensors in (("input", record.signature.inputs), ("output", record.signature.outputs)):
        for tensor in tensors:
            yield ("signature", f"{side} {tensor.name}"), f"{tensor.dtype} {shape(tensor.shape)}"
    for name, value in _leaves(training.params):
        listed = isinstance(value, tuple | list) and value
        yield ("params", name), tuple(map(plain, value)) if listed else plain(value)
    for data in training.data:
        rows = f", {data.rows:,} rows" if data.rows is not None else ""
        yield ("data", data.name), f"{data.digest[:19]}{rows}"
    yield ("code", "repository"), training.code.repository
    yield ("code", "commit"), training.code.commit[:12]
    for package, version in (training.environment or {}).items():
        yield ("environment", package), version
    for name in ("seed", "hardware", "duration"):
        if (fact := getattr(training, name)) is not None:
            yield ("training", name), str(fact)


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
    """Give a parameter's value on one line, as YAML would have it."""
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
