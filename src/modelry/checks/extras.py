"""The organisation's own fields: `extra`, and the JSON Schemas that it is held against."""

import json
from collections.abc import Iterator, Mapping
from json import JSONDecodeError
from typing import Any

from modelry.checks.base import START, Context, Problem, UnavailableError, rule
from modelry.model import layout
from modelry.model.files import REGULAR, Tree
from modelry.model.places import Position

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_LARGEST = 256 * 1024
_SHOWN = 200


class _SchemaError(Exception):
    """A schema cannot be used; the message says why."""

    def __init__(self, message: str, position: Position = START) -> None:
        super().__init__(message)
        self.position = position


@rule("invalid-extra")
def invalid_extra(context: Context) -> Iterator[Problem]:
    """A new version's `extra` is not what the organisation's schema for its task asks for.

    `registry/schemas/<task>.json` on main says which fields of your own a version has, and your programs
    rely on them. Mend the field that the finding names, or propose another schema in a pull request of its own.
    """
    for version in context.fresh:
        record, info = version.record, context.info(version.model)
        path = layout.schema(info.task) if info is not None else ""
        if record.value is None or path not in context.before.tree.entries:
            continue
        try:
            validator = _validator(context.before.tree, path)
        except _SchemaError as error:
            raise UnavailableError(f"{path} on main {error}") from error
        given = record.value.model_dump(mode="json")["extra"] or {}
        for wrong in sorted(
            validator.iter_errors(given), key=lambda wrong: list(map(str, wrong.absolute_path))
        ):
            keys = ["extra", *wrong.absolute_path]
            yield Problem(
                record.path,
                f"`{'.'.join(map(str, keys))}`: {wrong.message[:_SHOWN]}",
                record.locate(keys),
                f"see {path}",
            )


@rule("invalid-extra-schema")
def invalid_extra_schema(context: Context) -> Iterator[Problem]:
    """A schema for `extra` is no JSON Schema, or refers to something outside of itself.

    It would refuse every version of its task, or none. Nothing is ever fetched because a schema says so:
    what a `$ref` means must stand in the same file. Write JSON Schema, draft 2020-12.
    """
    for path in context.after.tree.below(layout.SCHEMAS):
        if layout.place(path) is None or not context.is_new(path):
            continue
        try:
            _validator(context.after.tree, path)
        except _SchemaError as error:
            yield Problem(
                path, str(error), error.position, "write JSON Schema, draft 2020-12, complete in itself"
            )


def _validator(tree: Tree, path: str) -> Any:  # noqa: ANN401 - a validator of jsonschema
    """Give the validator of a schema that fetches nothing; raises `_SchemaError` for one that cannot be used."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # noqa: PLC0415 - only registries with schemas pay
    from jsonschema.exceptions import SchemaError  # type: ignore[import-untyped] # noqa: PLC0415
    from referencing import Registry  # noqa: PLC0415
    from referencing.exceptions import Unresolvable  # noqa: PLC0415

    schema = _read(tree, path)
    if schema.get("$schema", _DRAFT) != _DRAFT:
        raise _SchemaError(f"`$schema` is {str(schema['$schema'])[:_SHOWN]}, expected {_DRAFT}")
    try:
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, registry=Registry())
        for pointer in _references(schema):
            if not pointer.startswith("#"):
                raise _SchemaError(f"refers to {pointer[:_SHOWN]}, outside of itself")
            list(validator.evolve(schema={"$ref": pointer}).iter_errors({}))
    except SchemaError as error:
        where = ".".join(map(str, error.absolute_path))
        raise _SchemaError(
            f"is no JSON Schema{f' at {where}' if where else ''}: {error.message[:_SHOWN]}"
        ) from error
    except Unresolvable as error:
        raise _SchemaError(f"refers to {str(error.ref)[:_SHOWN]}, which it does not have") from error
    except RecursionError as error:
        raise _SchemaError("never ends: it refers to itself, or is too deep") from error
    return validator


def _read(tree: Tree, path: str) -> Mapping[str, Any]:
    data = tree.read(path) if tree.entries[path].mode == REGULAR else b""
    if len(data) > _LARGEST:
        raise _SchemaError(f"has {len(data):,} bytes, and {_LARGEST:,} are allowed")
    try:
        schema = json.loads(data.decode())
    except JSONDecodeError as error:
        raise _SchemaError(f"is no JSON: {error.msg}", Position(error.lineno, error.colno)) from error
    except UnicodeDecodeError as error:
        raise _SchemaError("is no UTF-8 text") from error
    except RecursionError as error:
        raise _SchemaError("is too deep") from error
    if not isinstance(schema, dict):
        raise _SchemaError("is no JSON object")
    return schema


def _references(schema: object) -> Iterator[str]:
    """Give what a schema refers to, wherever in it."""
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key in {"$ref", "$dynamicRef"} and isinstance(value, str):
            yield value
        else:
            yield from _references(value)
    for item in schema if isinstance(schema, list) else ():
        yield from _references(item)
