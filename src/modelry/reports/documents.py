"""What the reports for programs say, as documents: their JSON Schemas are published beside the registry's own."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import GenerateJsonSchema

from modelry.checks import Severity
from modelry.model import schema
from modelry.model.changes import Class
from modelry.model.evidence import Statement
from modelry.model.fields import Part, Several
from modelry.model.files import Files
from modelry.reports.tags import Tags


class Found(Part):
    """One place where a rule does not hold."""

    path: str
    """The file, from the repository's top."""
    line: Annotated[int, Field(ge=1)]
    """The line, counted from 1."""
    column: Annotated[int, Field(ge=1)]
    """The character in the line, counted from 1."""
    rule: str
    """The rule's id; `modelry explain` says more."""
    severity: Severity
    """What it means for the change: `error` forbids the merge."""
    message: str
    """What is wrong."""
    hint: str
    """What to write or do instead; empty where nothing can be advised."""
    on_base: bool
    """Whether main has the very same: the change is not to blame, and it does not block."""


class Skipped(Part):
    """A rule that could not look."""

    rule: str
    """The rule's id."""
    why: str
    """What it would have needed."""


class CheckReport(Part):
    """What `modelry check --format json` answers."""

    schema_: Literal["check-report/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    verdict: Literal["passes", "needs a person", "fails"]
    """What follows for the merge."""
    classes: Several[Class]
    """What kind of change it is; empty without a change."""
    findings: Several[Found]
    """What does not hold, ordered by file and place."""
    skipped: Several[Skipped]
    """Rules that could not look."""


PUBLISHED: dict[str, type[BaseModel]] = {
    "check-report": CheckReport,
    "evidence": Statement,
    "tags": Tags,
}
"""Every kind of report, and of record that is no file of the registry, with its model."""


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's own signature
        return False


def of(kind: str) -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a kind of report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{schema.HOME}/{kind}/v1.json",
        **PUBLISHED[kind].model_json_schema(by_alias=True, schema_generator=_Generator),
        "title": f"{kind}/v1",
    }


def schemas() -> Files:
    """Give the schemas of the reports as files: `schemas/<kind>/v1.json`."""
    return {
        f"schemas/{kind}/v1.json": (json.dumps(of(kind), indent=2, ensure_ascii=False) + "\n").encode()
        for kind in PUBLISHED
    }
