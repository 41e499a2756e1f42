"""What changed from one version to another: results on the same data, and every fact that differs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from modelry.model.documents import Interval, Measurement, TrainingData, VersionRecord
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
    before_interval: Interval | None = None
    """How sure the older one is, where that was given."""
    after_interval: Interval | None = None


class Contradiction(NamedTuple):
    """A metric that was measured more than once on the same data, with other results; the first counts."""

    dataset: str
    slice: str
    metric: str
    first: float
    later: float


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
    """Give each result of both versions, beside the other's on the same data; what only the older one has comes last."""
    return paired(before.measurements if before is not None else (), after.measurements)


def paired(older: Sequence[Measurement], newer: Sequence[Measurement]) -> tuple[Result, ...]:
    """Pair results on the same data: name, version and, where told, digest; on other data they never meet."""
    old, new = _measured(older, newer), _measured(newer, older)
    nothing: _Measured = (None, None)
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        (was, was_sure), (now, now_sure) = old.get(key, nothing), new.get(key, nothing)
        found.append(Result(*key, was, now, was_sure, now_sure))
    return tuple(found)


_Measured = tuple[float | None, Interval | None]


def _measured(
    measurements: Sequence[Measurement], others: Sequence[Measurement]
) -> dict[tuple[str, str, str], _Measured]:
    digests = {_name(other): other.dataset.digest for other in reversed(others) if other.dataset.digest}
    found: dict[tuple[str, str, str], _Measured] = {}
    for measurement in measurements:
        dataset, digest = _name(measurement), measurement.dataset.digest
        if digest is not None and digests.get(dataset, digest) != digest:
            dataset = f"{dataset} ({digest[:14]})"
        intervals = measurement.intervals or {}
        for metric, value in measurement.metrics.items():
            found.setdefault((dataset, "", metric), (value, intervals.get(metric)))
        for part, metrics in (measurement.slices or {}).items():
            for metric, value in metrics.items():
                found.setdefault((dataset, part, metric), (value, None))
    return found


def _name(measurement: Measurement) -> str:
    return f"{measurement.dataset.name}@{measurement.dataset.version}"


def contradictions(version: Version) -> tuple[Contradiction, ...]:
    """Give what later measurements of a version say otherwise than the first on the same data."""
    first: dict[tuple[str, str, str], float] = {}
    found = []
    for measurement in version.measurements:
        for part, metrics in (("", measurement.metrics), *(measurement.slices or {}).items()):
            for metric, value in metrics.items():
                key = (_name(measurement), part, metric)
                if first.setdefault(key, value) != value:
                    found.append(Contradiction(*key, first[key], value))
    return tuple(found)


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
    yield from _data(training.data)
    yield ("code", "repository"), training.code.repository
    yield ("code", "commit"), training.code.commit[:12]
    for package, version in (training.environment or {}).items():
        yield ("environment", package), version
    if record.parents:
        yield ("training", "parents"), record.parents
    for name in ("seed", "hardware", "duration"):
        if (fact := getattr(training, name)) is not None:
            yield ("training", name), str(fact)


def _data(trained: tuple[TrainingData, ...]) -> Iterator[tuple[tuple[str, str], Fact]]:
    for data in trained:
        rows = f", {data.rows:,} rows" if data.rows is not None else ""
        yield ("data", data.name), f"{data.digest[:19]}{rows}"
        if data.license is not None:
            yield ("data", f"{data.name}: license"), data.license
        if data.personal_data is not None:
            yield ("data", f"{data.name}: personal data"), plain(data.personal_data)


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
