"""Mirroring, told: which versions were copied from their public sources into a remote, and which could not be."""

from collections.abc import Iterable
from json import dumps
from typing import Literal

from pydantic import Field

from modelry.errors import RegistryError
from modelry.model.fields import Commit, Count, Part, Several, Sha256
from modelry.model.registry import Version
from modelry.reports.lines import shown


class Mirrored(Part):
    """A version that named a public source and lay in no remote."""

    version: str
    """Model and number."""
    url: str
    """Where it lies in public."""
    size: Count
    """Its bytes."""
    sha256: Sha256
    """What they hash to."""
    state: Literal["wanting", "copied", "failed"]
    """What became of it; with --dry-run it is still wanting."""
    error: str | None = None
    """Why it could not be copied."""


class MirrorReport(Part):
    """What `modelry mirror --json` answers."""

    schema_: Literal["mirror/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    commit: Commit
    """The commit of main that was looked at."""
    remote: str | None
    """The remote that they are copied to, by its name; null where no version names a source."""
    versions: Several[Mirrored]
    """The versions that lay in no remote before."""


def row(version: Version, error: RegistryError | None, *, dry_run: bool) -> Mirrored:
    """Give what became of a version."""
    artifact = version.record.must.artifact
    return Mirrored(
        version=version.label,
        url=artifact.source.url if artifact.source is not None else "",
        size=artifact.size,
        sha256=artifact.sha256,
        state="failed" if error is not None else "wanting" if dry_run else "copied",
        error=str(error) if error is not None else None,
    )


def line(row: Mirrored, remote: str) -> str:
    """Tell what became of a version."""
    told = {
        "wanting": f"would be copied to {remote} from {row.url} ({row.size:,} bytes)",
        "copied": f"copied to {remote} from {row.url} ({row.size:,} bytes)",
        "failed": f"failed: {row.error}",
    }
    return f"{shown(f'{row.version}: {told[row.state]}')}\n"


def to_json(commit: str, remote: str | None, rows: Iterable[Mirrored]) -> str:
    """Give the answer as JSON."""
    answer = MirrorReport.model_validate(
        {"schema": "mirror/v1", "commit": commit, "remote": remote, "versions": tuple(rows)}
    )
    said = answer.model_dump(mode="json", by_alias=True, exclude_none=True) | {"remote": remote}
    return dumps(said, indent=2, ensure_ascii=False) + "\n"
