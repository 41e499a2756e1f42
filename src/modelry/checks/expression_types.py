"""The types of CEL, and which of them a version's record and its fields have."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from modelry.model import schema

WORDS = {
    "bool": "true or false",
    "int": "a whole number",
    "uint": "an unsigned number",
    "double": "a number",
    "string": "text",
    "bytes": "bytes",
    "null_type": "null",
    "list": "a list",
    "map": "a mapping",
    "google.protobuf.Timestamp": "a time",
    "google.protobuf.Duration": "a duration",
    "type": "a type",
}
"""What people call each of them."""
NUMBERS = frozenset({"int", "uint", "double"})


class Type(NamedTuple):
    """A type of CEL; of a list or a mapping also what is inside, of a document its fields."""

    kind: str
    """CEL's name of it; empty where only the evaluation can tell."""
    of: "Type | None" = None
    fields: "Mapping[str, Type] | None" = None
    lacks: str = ""
    """What is said of a field that a document does not have: `version has no`."""


ANY = Type("")
BOOL = Type("bool")
NULL = Type("null_type")
DOUBLE = Type("double")


@cache
def record() -> Type:
    """Give the type of `version.yaml`."""
    described = schema.of("version")
    return of_schema(described, described["$defs"], "version")


def of_schema(schema: Mapping[str, Any], definitions: Mapping[str, Any], named: str) -> Type:
    """Give the type of what a JSON Schema of ours describes; what may be null counts as what it is otherwise."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        # Whatever YAML can say contains itself.
        return ANY if name == "Plain" else of_schema(definitions[name], definitions, named)
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if options:
        return of_schema(options[0], definitions, named) if len(options) == 1 else ANY
    match schema.get("type"):
        case "array":
            return Type("list", of_schema(schema["items"], definitions, named))
        case "object" if "properties" in schema:
            inside = {
                name: of_schema(value, definitions, name) for name, value in schema["properties"].items()
            }
            return Type("map", fields=inside, lacks=f"{named} has no")
        case "object":
            return Type("map", of_schema(schema["additionalProperties"], definitions, named))
    kinds = {"string": "string", "integer": "int", "number": "double", "boolean": "bool"}
    return Type(kinds.get(str(schema.get("type")), ""))


def common(types: Iterable[Type]) -> Type:
    """Give the type that several have; null counts as any of them."""
    found = [kind for kind in types if kind != NULL]
    return found[0] if found and all(kind == found[0] for kind in found) else ANY


def alike(one: Type, other: Type) -> bool:
    """Say whether values of two types can be equal; with null anything may be compared."""
    kinds = {one.kind, other.kind}
    return len(kinds) == 1 or kinds <= NUMBERS or bool(kinds & {"", "null_type"})
