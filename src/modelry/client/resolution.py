"""What a reference means: which version, which bytes, and where they lie."""

from typing import Any, Literal, NamedTuple

from modelry.client import fields
from modelry.client.fields import Fields
from modelry.errors import IntegrityError

Source = Literal["folder", "site", "git", "cache"]


class File(NamedTuple):
    """One file of an artifact that is a folder."""

    path: str
    size: int
    sha256: str


class Artifact(NamedTuple):
    """The bytes of a version, as its record describes them."""

    path: str
    format: str
    size: int
    sha256: str
    files: tuple[File, ...] | None


class Resolution(NamedTuple):
    """The answer to a reference. All of it was checked: names, digests and paths have their shapes."""

    reference: str
    """What was asked for."""
    registry: str
    """The registry's id."""
    model: str
    version: str
    stage: str | None
    """The stage that was asked for; None for a version or the latest."""
    sha256: str
    """SHA-256 of the file; of a folder, of the canonical list of its files."""
    size: int
    """Bytes; of a folder, of all its files together."""
    path: str
    """The bare name of the file or folder."""
    format: str
    md5: str
    """Address in a DVC remote; ends in `.dir` for a folder. No proof of content."""
    files: tuple[File, ...] | None
    """The files of a folder; None for a single file."""
    addresses: tuple[str, ...]
    """Where the object should lie, in the order in which to try."""
    commit: str | None
    """The registry's commit that a catalog was built from; None for a folder, which may have edits."""
    sequence: int | None
    """That commit's place on the registry's main line; None for a folder."""
    source: Source
    """What answered: a clone, a catalog, its repository, or what was seen of it last."""
    yanked: str | None
    """Why the version was withdrawn; None when it was not."""
    replacement: str | None
    """The version to take instead of a withdrawn one."""
    age: int = 0
    """Seconds since somebody last said that this holds; more than 0 only for what was seen last."""
    fallback: str | None = None
    """What kept the catalog from answering; None where it did, or was not to be asked."""

    @property
    def stale(self) -> bool:
        """Whether nobody said so just now."""
        return self.source == "cache"

    @property
    def warning(self) -> str | None:
        """Say what is to be known of who answered; None where it is who was asked."""
        if self.fallback is None:
            return None
        instead = f"what was seen {self.age} s ago" if self.stale else "what its repository says"
        return f"{self.fallback}; the answer is {instead}"

    @property
    def label(self) -> str:
        """Say which version it is, as a reference."""
        return f"{self.model}@{self.version}"

    def to_json(self) -> dict[str, Any]:
        """Give it as a `resolution/v1` document."""
        files = None if self.files is None else [file._asdict() for file in self.files]
        told = {"files": files, "addresses": list(self.addresses), "stale": self.stale}
        return {"schema": "resolution/v1"} | self._asdict() | told


def artifact(record: Fields) -> Artifact:
    """Read the `artifact` of a record; raises `IntegrityError` where a folder's files contradict its digest."""
    found = Artifact(
        path=record.text("path", fields.FILE),
        format=record.text("format", fields.SLUG),
        size=record.count("size"),
        sha256=record.text("sha256", fields.SHA256),
        files=_files(record) if record.value.get("files") is not None else None,
    )
    if found.files is not None:
        from modelry.model import digests  # noqa: PLC0415 - hashing takes longer to import than a file to resolve

        if digests.of_folder(found.files) != found.sha256:
            raise IntegrityError(f"{record.where}: the files of the artifact do not hash to its sha256")
        if sum(file.size for file in found.files) != found.size:
            raise IntegrityError(f"{record.where}: the files of the artifact do not add up to its size")
    return found


def _files(record: Fields) -> tuple[File, ...]:
    return tuple(
        File(file.text("path", fields.PATH), file.count("size"), file.text("sha256", fields.SHA256))
        for file in record.each("files")
    )


def agree(assigned: str, recorded: Artifact, stage: str, label: str) -> None:
    """Require that a stage means the bytes that its version records; raises `IntegrityError`."""
    if assigned != recorded.sha256:
        raise IntegrityError(
            f"stage {stage} assigns {label} with sha256 {assigned}, but its record says {recorded.sha256}",
            hint="one of the two was altered: run `modelry check` in the registry",
        )
