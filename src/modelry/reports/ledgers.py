"""A ledger for an auditor: as JSON, as a table for spreadsheets, as a CycloneDX bill of materials."""

import csv
import io
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from modelry.exports import cyclonedx
from modelry.model.ledger import Act, Holding, Ledger, Line, Release
from modelry.reports.overview import to_json

COLUMNS = (
    *(
        "model",
        "version",
        "stage",
        "held_since",
        "held_by_commit",
        "moved_by",
        "approved_by",
        "approval_told_by",
    ),
    *(
        "merged_by",
        "pull_request",
        "reason",
        "evidence",
        "registered",
        "registered_by_commit",
        "registered_by",
    ),
    *("registration_approved_by", "yanked", "deprecated", "owners", "task", "profile", "license", "format"),
    *("size", "sha256", "md5", "created", "summary"),
)
"""The columns of the table: one row for each version, and for each stage that it holds."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute, and a contributor must not make an auditor's compute."""


def as_json(ledger: Ledger) -> str:
    """Give the ledger as JSON; the schema is `audit-export/v1`."""
    return to_json(ledger.model_dump(mode="json"))


def as_csv(ledger: Ledger) -> str:
    """Give the ledger as a table; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for model in ledger.models:
        for version in model.versions:
            held = [each for each in model.stages if each.version == version.version]
            rows = [_row(model, version, each) for each in held] or [_row(model, version, None)]
            writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    told = "; ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
    told = " ".join(told.split()) if "\n" in told else told
    return f"'{told}" if told.startswith(_FORMULA) else told


def _row(model: Line, version: Release, held: Holding | None) -> Mapping[str, object]:
    moved = _acted(held.since if held is not None else None)
    registered = _acted(version.registered)
    return {
        "model": model.name,
        "version": version.version,
        "stage": held.stage if held is not None else None,
        "held_since": moved["when"],
        "held_by_commit": moved["commit"],
        "moved_by": moved["proposed_by"],
        "approved_by": moved["approved_by"],
        "approval_told_by": moved["told_by"],
        "merged_by": moved["merged_by"],
        "pull_request": moved["pull_request"],
        "reason": held.reason if held is not None else None,
        "evidence": held.evidence if held is not None else None,
        "registered": registered["when"],
        "registered_by_commit": registered["commit"],
        "registered_by": registered["proposed_by"],
        "registration_approved_by": registered["approved_by"],
        "yanked": version.yanked.reason if version.yanked is not None else None,
        "deprecated": model.deprecated.reason if model.deprecated is not None else None,
        "owners": model.owners,
        "task": model.task,
        "profile": model.profile,
        "license": version.license,
        "format": version.artifact.format,
        "size": version.artifact.size,
        "sha256": version.artifact.sha256,
        "md5": version.md5,
        "created": version.created.isoformat(),
        "summary": version.summary,
    }


def _acted(act: Act | None) -> Mapping[str, Any]:
    if act is None:
        return dict.fromkeys(Act.model_fields)
    return {name: getattr(act, name) for name in Act.model_fields} | {"when": act.when.isoformat()}


def as_cyclonedx(ledger: Ledger) -> str:
    """Give the ledger as a CycloneDX 1.6 bill of materials: each version is a machine-learning model."""
    subject = {
        "type": "data",
        "bom-ref": ledger.registry,
        "name": ledger.registry,
        "description": ledger.title,
        "version": ledger.commit,
    }
    components = [
        cyclonedx.component(_described(ledger, model, version))
        for model in ledger.models
        for version in model.versions
    ]
    made = cyclonedx.document(subject, components)
    when = ledger.when.strftime("%Y-%m-%dT%H:%M:%SZ")
    # The same commit of the same registry is the same bill.
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"modelry:{ledger.registry}:{ledger.commit}").urn
    made["metadata"]["timestamp"] = when
    return to_json(made | {"serialNumber": serial})


def _described(ledger: Ledger, model: Line, version: Release) -> cyclonedx.Described:
    return cyclonedx.Described(
        ledger.registry,
        model.name,
        version.version,
        version.summary,
        tuple(version.authors),
        version.license,
        version.artifact,
        model.task,
        version.signature,
        tuple(version.measurements),
        _properties(model, version),
    )


def _properties(model: Line, version: Release) -> Iterator[tuple[str, str]]:
    artifact = version.artifact
    yield "format", artifact.format
    yield "size", str(artifact.size)
    yield "sha256", artifact.sha256
    if version.md5 is not None:
        yield "md5", version.md5
    for owner in model.owners:
        yield "owner", owner
    if version.registered is not None:
        yield from _told("registered", version.registered)
    for held in model.stages:
        if held.version == version.version:
            yield "stage", held.stage
            yield f"stage:{held.stage}:reason", held.reason
            if held.since is not None:
                yield from _told(f"stage:{held.stage}", held.since)
    if version.yanked is not None:
        yield "yanked", version.yanked.reason
    if model.deprecated is not None:
        yield "deprecated", model.deprecated.reason


def _told(of: str, act: Act) -> Iterator[tuple[str, str]]:
    yield f"{of}:commit", act.commit
    yield f"{of}:when", act.when.isoformat()
    for approver in act.approved_by or ():
        yield f"{of}:approved-by", approver
    if act.told_by is not None:
        yield f"{of}:told-by", act.told_by
    if act.pull_request is not None:
        yield f"{of}:pull-request", act.pull_request


FORMATS = {"csv": as_csv, "json": as_json, "cyclonedx": as_cyclonedx}
"""Every format, by the name that `--format` knows."""
