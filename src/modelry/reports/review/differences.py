"""How two versions differ other than by their results, and what that means for those who use them."""

import re
from collections.abc import Iterator, Mapping

from modelry import formats
from modelry.checks import signatures
from modelry.model import comparison
from modelry.model.documents import Code, VersionRecord
from modelry.reports.review import licenses
from modelry.reports.review.facts import Difference, Statement
from modelry.reports.review.words import listed

_GROWN = 1.25
"""From how many times as large on a reviewer is told."""


def of(before: VersionRecord, after: VersionRecord) -> tuple[Difference, ...]:
    """Give the facts that differ."""
    url = compared(before.training.code, after.training.code)
    return tuple(
        Difference(**one._asdict(), url=url if one[:2] == ("code", "commit") else "")
        for one in comparison.differences(before, after)
    )


_HOSTS = {"github.com": "/compare/", "codeberg.org": "/compare/", "gitlab.com": "/-/compare/"}
_REPOSITORY = re.compile(r"https://([a-z0-9.-]+)(/[A-Za-z0-9_][A-Za-z0-9_.-]*){2,4}?(\.git)?/?")


def compared(before: Code, after: Code) -> str:
    """Give the page that shows what lies between two commits, where one host known to us has both; else nothing."""
    found = _REPOSITORY.fullmatch(after.repository)
    if found is None or before.repository != after.repository or before.commit == after.commit:
        return ""
    host = "gitlab.com" if found[1].startswith("gitlab.") else found[1]
    page = after.repository.removesuffix("/").removesuffix(".git")
    return f"{page}{_HOSTS[host]}{before.commit}...{after.commit}" if host in _HOSTS else ""


def statements(before: VersionRecord, after: VersionRecord) -> Iterator[Statement]:
    """Say what the differences mean, for those who call the model and those who answer for it."""
    yield from _signature(before, after)
    yield from _license(before, after)
    yield from _artifact(before, after)
    yield from _lineage(before, after)


def _signature(before: VersionRecord, after: VersionRecord) -> Iterator[Statement]:
    broken = signatures.breaks(before.signature, after.signature)
    if not broken:
        if before.signature != after.signature:
            yield Statement(
                tone="look",
                text="The signature changes, and all that went in and came out still does",
            )
        return
    told = "; ".join(text for text, _ in broken)
    says = signatures.says_so(before.version, after.version)
    number = (
        f"{after.version} says so by its number"
        if says
        else f"{after.version} does not say so: by SemVer it would be {signatures.demanded(before.version)}"
    )
    yield Statement(tone="bad", text=f"Whoever calls {before.version} has to change: {told}; {number}")


def _license(before: VersionRecord, after: VersionRecord) -> Iterator[Statement]:
    if before.license != after.license:
        (old, _), (new, words) = licenses.weighed(before.license), licenses.weighed(after.license)
        told = f"The license changes from {before.license} to {after.license} ({words})"
        yield Statement(tone="bad" if new > old else "look", text=told)
    known = {data.license for data in before.training.data}
    strange = {data.license for data in after.training.data if data.license} - known
    for name in sorted(strange):
        rank, words = licenses.weighed(name)
        if rank:
            yield Statement(tone="look", text=f"Training data is now under {name} ({words})")


def _artifact(before: VersionRecord, after: VersionRecord) -> Iterator[Statement]:
    old, new = before.artifact, after.artifact
    if old.format != new.format:
        yield Statement(tone="look", text=f"The format changes from {old.format} to {new.format}")
    if old.size and not 1 / _GROWN < new.size / old.size < _GROWN:
        times = new.size / old.size
        yield Statement(
            tone="look",
            text=f"The artifact is {times:.2g} times as large: {size(old.size)} → {size(new.size)}",
        )
    if old.sha256 == new.sha256:
        yield Statement(tone="look", text=f"The bytes are those of {before.version}")
    yield from _dependencies(before.training.environment or {}, after.training.environment or {})


def _dependencies(older: Mapping[str, str], newer: Mapping[str, str]) -> Iterator[Statement]:
    names = [name for name in {**newer, **older} if older.get(name) != newer.get(name)]
    if names:
        told = listed(f"{name} {older.get(name, 'none')} → {newer.get(name, 'none')}" for name in names)
        yield Statement(tone="look", text=f"Other dependencies: {told}")


_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def size(count: int) -> str:
    """Give a number of bytes as people say it."""
    power = min((len(str(count)) - 1) // 3, len(_UNITS) - 1)
    return f"{count / 1000**power:.3g} {_UNITS[power]}"


def _lineage(before: VersionRecord, after: VersionRecord) -> Iterator[Statement]:
    older = {data.name: data for data in before.training.data}
    newer = {data.name: data for data in after.training.data}
    steps = [
        ("new", [name for name in newer if name not in older]),
        ("gone", [name for name in older if name not in newer]),
        ("changed", [name for name in newer if name in older and newer[name].digest != older[name].digest]),
    ]
    told = "; ".join(f"{what}: {listed(names)}" for what, names in steps if names)
    if told:
        yield Statement(tone="look", text=f"Trained on other data; {told}")
    if any(data.personal_data for data in newer.values()) > any(
        data.personal_data for data in older.values()
    ):
        yield Statement(tone="look", text="Training data about people is new")
    if before.training.code.repository != after.training.code.repository:
        yield Statement(
            tone="look",
            text=f"Trained by code of another repository: {before.training.code.repository} → {after.training.code.repository}",
        )


def alone(record: VersionRecord, *, is_first: bool) -> Iterator[Statement]:
    """Say what a reviewer should know of a version whatever came before it."""
    if record.artifact.format in formats.RUN_CODE:
        yield Statement(
            tone="bad",
            text=f"Its format, {record.artifact.format}, may run any code when it is loaded: whoever takes it trusts its authors",
        )
    trained = {data.digest for data in record.training.data}
    seen = [one.dataset for one in record.evaluations if one.dataset.digest in trained]
    for dataset in seen:
        yield Statement(
            tone="bad",
            text=f"It was measured on data that it was trained on: {dataset.name}@{dataset.version} has the digest of training data",
        )
    rank, words = licenses.weighed(record.license) if is_first else (0, "")
    if rank > 1:
        yield Statement(tone="look", text=f"Its license is {record.license} ({words})")
