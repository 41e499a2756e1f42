"""The organisation's own fields: `extra`, and the JSON Schemas that it is held against."""

import json
from collections.abc import Iterator
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, NoReturn

from modelry.checks.base import START, Context, Problem, UnavailableError, rule
from modelry.checks.json_places import Keys, Places
from modelry.model import layout
from modelry.model.files import REGULAR, Tree
from modelry.model.places import Position

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_LARGEST = 256 * 1024
_SHOWN = 200


class _SchemaError(Exception):
    """A schema cannot be used; the message says why."""

    def __init__(self, message: str, position: Position = START, hint: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.hint = hint or "write JSON Schema, draft 2020-12, complete in itself"


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
            validator.iter_errors(given), key=lambda wrong: list(map(str, wrong.instance_path))
        ):
            keys = ["extra", *wrong.instance_path]
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
    what a `$ref` means must stand in the same file. A `pattern` is read in linear time, so it may not look around
    or back. Write JSON Schema, draft 2020-12.
    """
    for path in context.after.tree.below(layout.SCHEMAS):
        if layout.place(path) is None or not context.is_new(path):
            continue
        try:
            _validator(context.after.tree, path)
        except _SchemaError as error:
            yield Problem(path, str(error), error.position, error.hint)


def _validator(tree: Tree, path: str) -> "Draft202012Validator":
    """Give the validator of a schema that fetches nothing; raises `_SchemaError` for one that cannot be used."""
    import jsonschema_rs  # noqa: PLC0415 - only registries with schemas pay

    text = _text(tree, path)
    schema, places = _read(text)
    if schema.get("$schema", _DRAFT) != _DRAFT:
        told = f"`$schema` is {str(schema['$schema'])[:_SHOWN]}, expected {_DRAFT}"
        raise _SchemaError(told, places.of(("$schema",)))
    try:
        return jsonschema_rs.Draft202012Validator(
            schema, retriever=_refused, pattern_options=jsonschema_rs.RegexOptions()
        )
    except jsonschema_rs.ValidationError as error:
        keys = tuple(error.instance_path)
        if not keys and (found := _reference(schema, error.message)):
            told = f"refers to {found[1][:_SHOWN]}, which it does not have"
            raise _SchemaError(told, places.of(found[0])) from error
        where = f" at {'.'.join(map(str, keys))}" if keys else ""
        pattern = error.message.endswith('is not a "regex"')
        hint = "write a regular expression without look-around and back-references" if pattern else ""
        raise _SchemaError(
            f"is no JSON Schema{where}: {error.message[:_SHOWN]}", places.of(keys), hint
        ) from error
    except ValueError as error:  # its limit of recursion
        raise _SchemaError("is too deep") from error


def _refused(address: str) -> NoReturn:
    raise ValueError(f"{address} is not fetched")


def _text(tree: Tree, path: str) -> str:
    data = tree.read(path) if tree.entries[path].mode == REGULAR else b""
    if len(data) > _LARGEST:
        raise _SchemaError(f"has {len(data):,} bytes, and {_LARGEST:,} are allowed")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _SchemaError("is no UTF-8 text") from error


def _read(text: str) -> tuple[dict[str, Any], Places]:
    def constant(name: str) -> NoReturn:
        raise _SchemaError(f"is no JSON: {name} is no number")

    try:
        schema = json.loads(text, parse_constant=constant)
        places = Places(text)
    except JSONDecodeError as error:
        raise _SchemaError(f"is no JSON: {error.msg}", Position(error.lineno, error.colno)) from error
    except RecursionError as error:
        raise _SchemaError("is too deep") from error
    if not isinstance(schema, dict):
        raise _SchemaError("is no JSON object")
    if places.twice:
        raise _SchemaError("has this key twice", places.twice[0], "keep one of them")
    return schema, places


def _reference(schema: object, message: str) -> tuple[Keys, str] | None:
    """Give the reference of a schema that a message speaks of, and where it is."""
    for keys, value in _references(schema, ()):
        if f"'{value.removeprefix('#')}'" in message:
            return keys, value
    return None


def _references(schema: object, keys: Keys) -> Iterator[tuple[Keys, str]]:
    inside = (
        schema.items() if isinstance(schema, dict) else enumerate(schema if isinstance(schema, list) else ())
    )
    for key, value in inside:
        if key in {"$ref", "$dynamicRef"} and isinstance(value, str):
            yield (*keys, key), value
        else:
            yield from _references(value, (*keys, key))
