"""JSON Schemas of the registry's documents, generated from their models: path to text."""

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from modelry.model import documents, examples
from modelry.model.files import Files
from modelry.model.policy import Policy
from modelry.model.scaffold import Scaffold

HOME = "https://modelry.github.io/modelry/schemas"
"""Where the schemas are published; their `$id` begins with it."""

KINDS: dict[str, type[BaseModel]] = {
    "registry": Policy,
    "model": documents.ModelInfo,
    "version": documents.VersionRecord,
    "evaluation": documents.Evaluation,
    "yank": documents.Yank,
    "unyank": documents.Unyank,
    "assignment": documents.Assignment,
    "waiver": documents.Waiver,
    "scaffold": Scaffold,
}
"""Every kind of document and its model."""


class _Generator(GenerateJsonSchema):
    """pydantic's own, made exact: a key that does not match its pattern is refused, and no titles are made up."""

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        patterns = made.pop("patternProperties", None)
        if patterns:
            ((pattern, values),) = patterns.items()
            made["propertyNames"] = {**made.get("propertyNames", {}), "pattern": pattern}
            made["additionalProperties"] = values
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's own signature
        return False


def of(kind: str) -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a kind of document."""
    model = KINDS[kind]
    made = model.model_json_schema(by_alias=True, schema_generator=_Generator)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{HOME}/{kind}/v1.json",
        **made,
        "title": f"{kind}/v1",
        "examples": [examples.OF[kind]],
    }


def files() -> Files:
    """Give all schemas as files: `schemas/<kind>/v1.json`."""
    return {
        f"schemas/{kind}/v1.json": (json.dumps(of(kind), indent=2, ensure_ascii=False) + "\n").encode()
        for kind in KINDS
    }


def header(kind: str) -> str:
    """Give the first line of a scaffolded YAML file, by which editors know its schema."""
    return f"# yaml-language-server: $schema={HOME}/{kind}/v1.json\n"
