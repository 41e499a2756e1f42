"""The registry at a glance, for a terminal or a program: its models, one model, one version."""

from collections.abc import Iterable, Sequence
from json import dumps
from typing import Any

from modelry.model import comparison
from modelry.model.registry import Model, Registry, Version


def table(rows: Sequence[Sequence[str]]) -> str:
    """Give rows as columns; empty for none."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))] if rows else []
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in rows
    )


def to_json(document: dict[str, Any]) -> str:
    """Give a document as JSON, its keys sorted."""
    return dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def models(registry: Registry) -> list[dict[str, Any]]:
    """Give a row for each model: what it is, its latest version and who holds its stages, in the policy's order."""
    return [
        {
            "model": model.name,
            "title": model.info.value.title if model.info.value is not None else None,
            "task": model.info.value.task if model.info.value is not None else None,
            "latest": model.latest.number if model.latest is not None else None,
            "versions": len(model.versions),
            "stages": {
                stage: holder.number
                for stage in registry.stages(model)
                if (holder := model.holder(stage)) is not None
            },
        }
        for model in registry.models.values()
    ]


def models_json(rows: Sequence[dict[str, Any]]) -> str:
    """Give those rows as JSON."""
    return to_json({"schema": "list/v1", "models": rows})


def models_text(rows: Iterable[dict[str, Any]]) -> str:
    """Give those rows as a table."""
    head = ("model", "latest", "stages", "task", "title")
    lines = [
        (
            row["model"],
            row["latest"] or "-",
            " ".join(f"{stage}={number}" for stage, number in row["stages"].items()) or "-",
            row["task"] or "-",
            row["title"] or "-",
        )
        for row in rows
    ]
    return table([head, *lines])


def version(found: Version) -> dict[str, Any]:
    """Give all that is on record of a version."""
    record = found.record.must
    return {
        "schema": "show/v1",
        "record": record.model_dump(mode="json", by_alias=True, exclude_none=True),
        "evaluations": {
            name: document.must.model_dump(mode="json", by_alias=True, exclude_none=True)
            for name, document in found.evaluations.items()
        },
        "yanked": found.yanked.must.model_dump(mode="json", by_alias=True, exclude_none=True)
        if found.yanked
        else None,
        "unyanked": [
            document.must.model_dump(mode="json", by_alias=True, exclude_none=True)
            for document in found.unyanked
        ],
    }


def version_text(found: Version) -> str:
    """Give a version's record for a person."""
    record = found.record.must
    rows = [
        ("summary", record.summary),
        ("created", f"{record.created.isoformat()} by {', '.join(record.authors)}"),
        ("artifact", f"{record.artifact.path}, {record.artifact.format}, {record.artifact.size:,} bytes"),
        ("sha256", record.artifact.sha256),
        ("license", record.license),
        ("code", f"{record.training.code.repository} @ {record.training.code.commit[:12]}"),
    ]
    rows += [("data", f"{data.name} ({data.uri})") for data in record.training.data]
    rows += [(f"param {name}", value) for name, value in comparison.flat(record.training.params)]
    rows += [
        (f"{result.dataset} {result.slice}".strip(), f"{result.metric} {result.after:g}")
        for result in comparison.results(None, found)
        if result.after is not None
    ]
    yanked = f"YANKED: {found.yanked.must.reason}\n" if found.yanked is not None else ""
    for document in found.unyanked:
        yanked += f"was yanked: {document.must.yank.reason}; no longer: {document.must.reason}\n"
    return f"{found.label}\n{yanked}{table(rows)}"


def model_text(found: Model) -> str:
    """Give a model and its versions for a person."""
    info = found.info.must
    held = {
        number: [stage for stage in found.stages if getattr(found.holder(stage), "number", None) == number]
        for number in found.versions
    }
    rows = [
        (
            one.number,
            "yanked" if one.yanked else " ".join(held[one.number]) or "-",
            f"{one.record.value.created:%Y-%m-%d}" if one.record.value is not None else "-",
            one.record.value.summary if one.record.value is not None else "cannot be read",
        )
        for one in reversed(list(found.versions.values()))
    ]
    deprecated = f"DEPRECATED: {info.deprecated.reason}\n" if info.deprecated is not None else ""
    owners = ", ".join(info.owners)
    return f"{found.name}: {info.title}\n{info.summary}\n{info.task}, owned by {owners}\n{deprecated}\n{table(rows)}"
