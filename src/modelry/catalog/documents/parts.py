"""What every document of the API is made of."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A piece of a document. A client ignores fields that it does not know: they are how v1 grows."""

    model_config = ConfigDict(
        frozen=True, use_attribute_docstrings=True, validate_by_name=True, serialize_by_alias=True
    )


class Page(Part):
    """A document that changes with the registry: it says which moment it shows."""

    registry: str
    """The registry's identity; a client that knows another one stops here."""
    sequence: int
    """How many commits main has, along first parents: grows, and a client that saw a higher one stops here."""
    commit: str | None
    """The commit that this shows; null for a folder that is not in git."""
    generated_at: str
    """When that commit was made, RFC 3339 in UTC."""


class Shown(Page):
    """A document that shows a part of a snapshot, and says of which."""

    snapshot_sha256: str
    """SHA-256 of the snapshot that says the same of the whole registry: `<site>/api/v1/s/<snapshot_sha256>.json`."""


class Address(Part):
    """Another document, and how to know that it is the right one."""

    path: str
    """Where it lies, from `<site>/api/v1/`."""
    sha256: str
    """SHA-256 of its bytes."""
    size: int
    """Its bytes."""
