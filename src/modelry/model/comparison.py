"""What changed from one version to another: results on the same data, and every fact that differs."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

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
    return tuple(
        Difference(*key, old.get(key, ""), new.get(key, ""))
        for key in dict.fromkeys([*new, *old])
        if old.get(key) != new.get(key)
    )


def _facts(record: VersionRecord) -> Iterator[tuple[tuple[str, str], str]]:
    training = record.training
    yield ("artifact", "format"), record.artifact.format
    yield ("artifact", "size"), f"{record.artifact.size:,} bytes"
    yield ("artifact", "license"), record.license
    for side, tensors in (("input", record.signature.inputs), ("output", record.signature.outputs)):
        for tensor in tensors:
            yield ("signature", f"{side} {tensor.name}"), f"{tensor.dtype} {shape(tensor.shape)}"
    for name, value in flat(training.params):
        yield ("params", name), value
    for data in training.data:
        rows = f", {data.rows:,} rows" if data.rows is not None else ""
        yield ("data", data.name), f"{data.digest[:19]}{rows}"
    yield ("code", training.code.repository), training.code.commit[:12]
    for package, version in (training.environment or {}).items():
        yield ("environment", package), version
    for name in ("seed", "hardware", "duration"):
        if (value := getattr(training, name)) is not None:
            yield ("training", name), str(value)


def shape(sizes: tuple[int | None, ...]) -> str:
    """Give a tensor's shape as people write it."""
    return " x ".join("?" if size is None else str(size) for size in sizes) or "scalar"


def flat(value: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    """Give nested parameters as dotted names and text, in their order."""
    for name, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from flat(inner, f"{above}{name}.")
        else:
            yield f"{above}{name}", plain(inner)


def plain(value: object) -> str:
    """Give a parameter's value on one line, as YAML would have it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case tuple() | list():
            return ", ".join(plain(item) for item in value) or "(none)"
        case Mapping():
            return ", ".join(f"{name}: {plain(item)}" for name, item in value.items()) or "(none)"
    return str(value)
