"""Tags for GTO, told: which were made, which were pushed, and which say another thing than the files."""

from collections.abc import Sequence
from json import dumps
from typing import Literal

from pydantic import Field

from modelry.catalog.tags import Fault, Tag
from modelry.model.fields import Commit, Part, Several


class Made(Part):
    """A tag, and what it tells."""

    name: str
    """Its name, in GTO's grammar."""
    model: str
    """The model that it speaks of."""
    version: str
    """The version that it speaks of."""
    commit: Commit
    """The commit of main that it tells of; the tag itself is on the version's own."""


class Wrong(Part):
    """A tag that does not say what the files say."""

    tag: str
    """Its name."""
    fault: Literal["missing", "lightweight", "misplaced", "foreign"]
    """What is wrong."""
    message: str
    """The same in words."""
    hint: str
    """What to do."""


class Tags(Part):
    """What `modelry tags --json` answers."""

    schema_: Literal["tags/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    commit: Commit
    """The commit of main whose history was told."""
    made: Several[Made]
    """The tags that were missing: made, or, with --dry-run, to be made; oldest first."""
    pushed: Several[str]
    """The tags that origin got."""
    faults: Several[Wrong]
    """What --check found."""


def document(commit: str, made: Sequence[Tag], pushed: Sequence[str], faults: Sequence[Fault]) -> Tags:
    """Give the answer as a document."""
    return Tags.model_validate(
        {
            "schema": "tags/v1",
            "commit": commit,
            "made": [
                {
                    "name": tag.name,
                    "model": tag.registered.model,
                    "version": tag.registered.version,
                    "commit": tag.event.commit,
                }
                for tag in made
            ],
            "pushed": list(pushed),
            "faults": [fault._asdict() for fault in faults],
        }
    )


def to_json(answer: Tags) -> str:
    """Give the answer as JSON."""
    return dumps(answer.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"


def text(answer: Tags) -> str:
    """Give the tags that were made, one a line, or each fault with what to do."""
    faults = [f"{one.tag}: {one.fault}: {one.message}\n  = {one.hint}\n" for one in answer.faults]
    return "".join([*(f"{tag.name}\n" for tag in answer.made), *faults])
