"""Documents out of files: parsed by the guarded reader, held against their model, faults with line and column."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache, partial
from typing import Any, TypeVar, cast

from pydantic import BaseModel, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from modelry.model import fields, layout, names, policy
from modelry.model.files import REGULAR, Files, Tree
from modelry.model.gates import KINDS
from modelry.model.places import Fault, Position
from modelry.model.registry import Document, Registry, Source
from modelry.storage import yaml

M = TypeVar("M", bound=BaseModel)

START = Position(1, 1)

_SHOWN = 60
_NAMED = 200
_NUMERAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
# What pydantic asks for, in the words of somebody who writes YAML.
_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_type": "a number",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "int_type": "a whole number",
    "less_than": "less than {lt}",
    "model_type": "a mapping",
    "string_too_long": "at most {max_length}",
    "string_too_short": "text",
    "string_type": "text",
    "too_short": "at least one item",
    "too_long": "at most {max_length} item",
    "tuple_type": "a list",
}
_GATE = 4
"""Where a gate's kind stands in a path of pydantic: stages, number, gates, number, kind."""


def _pattern(kind: Any) -> str:  # noqa: ANN401 - an annotated type
    return next(str(part.pattern) for part in kind.__metadata__ if isinstance(part, StringConstraints))


# What a pattern means, for people; a pattern that is not here shows itself.
_MEANING = {
    names.MODEL: "a name: lower-case letters, digits and hyphens",
    names.STAGE: "a stage's name: lower-case letters, digits and hyphens, a letter first",
    names.VERSION: "a version by SemVer 2, such as 1.2.0",
    r"^[0-9a-f]{32}(\.dir)?$": "an MD5: 32 lower-case hexadecimal digits, and .dir for a folder",
    names.SHA256: "a SHA-256: 64 lower-case hexadecimal digits",
    names.COMMIT: "a full commit id: 40 lower-case hexadecimal digits",
    names.DIGEST: "a digest with its algorithm, such as sha256:… with 64 hexadecimal digits",
    r"^\S+$": "text without blanks",
    names.FILE: "a bare file name of letters, digits, dot, hyphen and underscore",
    names.METRIC: "a metric's name: lower-case letters, digits and underscores",
    names.GATE: "a gate's name: lower-case letters, digits, dots, hyphens and underscores",
    names.SLUG: "a word of lower-case letters, digits, dots, hyphens and underscores",
    _pattern(fields.Line): "one line of text without blanks around it",
    _pattern(fields.Url): "an address, such as s3://bucket/folder or https://example.org/page",
    _pattern(fields.WebUrl): "an address that begins with https:// or http://",
    _pattern(fields.Person): "an account such as @alice, a team such as @acme/risk, an address or a name",
    _pattern(fields.License): "an SPDX expression, such as Apache-2.0 or MIT OR Apache-2.0",
    _pattern(fields.Duration): "a duration, such as 30m, 12h, 7d or 2w",
    policy.PUBLIC_KEY: "a public key in DER form, as base64 on one line",
    _pattern(fields.FieldPath): "a field of version.yaml, such as training.seed",
}


def registry(tree: Tree) -> Registry:
    """Give the registry that lies in a tree; its documents are read when they are asked for."""
    return Registry(Source(tree, partial(load, tree), partial(text, tree)))


def text(tree: Tree, path: str) -> str | None:
    """Give a file's text; None when it is missing, no regular file or not UTF-8."""
    entry = tree.entries.get(path)
    if entry is None or entry.mode != REGULAR:
        return None
    try:
        return tree.read(path).decode()
    except UnicodeDecodeError:
        return None


def load(tree: Tree, path: str, type_: type[M]) -> Document[M]:
    """Read one document. Never raises for what the file holds: that is in the document's faults."""
    entry = tree.entries.get(path)
    if entry is None:
        return _faulty(path, Fault(f"{path.rpartition('/')[2]} is missing", START, "add it"))
    if entry.mode != REGULAR:
        return _faulty(path, Fault("is not a regular file", START, "replace it by a plain file"))
    data = tree.read(path)
    value, faults = parse(data, type_)
    return Document(path, value, faults, partial(yaml.locate, data))


def parse(data: bytes, type_: type[M]) -> tuple[M | None, tuple[Fault, ...]]:
    """Read a document from bytes: what it says, or what is wrong with it."""
    parsed = yaml.parse(data)
    return (None, parsed.faults) if parsed.faults else validate(parsed.value, type_, data)


def files(written: Mapping[str, Mapping[str, Any]]) -> Files:
    """Give documents as scaffolded files, each beginning with the line by which editors know its schema."""
    from modelry.model import schema  # noqa: PLC0415 - who only reads needs no schemas

    made = {}
    for path, content in written.items():
        place = layout.place(path)
        kind = "registry" if place is None or place.kind == "policy" else place.kind
        made[path] = (schema.header(kind) + yaml.dump(content)).encode()
    return made


def validate(value: object, type_: type[M], data: bytes) -> tuple[M | None, tuple[Fault, ...]]:
    """Hold a parsed value against a model: the document, or its faults as they stand in `data`."""
    try:
        return type_.model_validate(value), ()
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        found: dict[tuple[str | int, ...], ErrorDetails] = {}
        for detail in details:
            keys, of_branch = _keys(detail, value)
            if not _follows(detail, details, of_branch=of_branch):
                found.setdefault(keys, detail)
        faults = [_fault(keys, detail, type_, data) for keys, detail in found.items()]
        return None, tuple(sorted(faults, key=lambda fault: (fault.position, fault.message)))


def _faulty(path: str, fault: Fault) -> Document[Any]:
    return Document(path, None, (fault,), lambda _: START)


def _follows(detail: ErrorDetails, details: Sequence[ErrorDetails], *, of_branch: bool) -> bool:
    """Whether a detail only follows from another: one cause, one finding."""
    loc = detail["loc"]
    if of_branch:  # the value is of another branch of `Plain`; and of integers, its numbers tell
        return detail["type"].endswith("_type") or "constrained-int" in str(loc[-1])
    match detail["type"]:
        case "too_short":  # pydantic counts a list's items after dropping the wrong ones
            return any(other is not detail and other["loc"][: len(loc)] == loc for other in details)
        case "missing":  # what is missing was misspelt
            beside = [
                str(other["loc"][-1])
                for other in details
                if _is_extra(other) and other["loc"][:-1] == loc[:-1]
            ]
            return any(get_close_matches(name, [str(loc[-1])]) for name in beside)
    return False


def _is_extra(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden"


def _fault(keys: Sequence[str | int], detail: ErrorDetails, type_: type[BaseModel], data: bytes) -> Fault:
    named = "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for sign in ".".join(map(str, keys))[:_NAMED]
    )
    given = detail["input"]
    of_key = _is_extra(detail) or detail["loc"][-1] == "[key]"
    position = yaml.locate(data, keys, of_key=of_key)
    match detail["type"]:
        case "missing":
            return Fault(f"`{named}` is missing", position, _describe(type_, keys))
        case "extra_forbidden":
            near = get_close_matches(str(keys[-1]), _fields(type_, keys[:-1]), n=1)
            return Fault(
                f"`{named}` is not a field here",
                position,
                f"did you mean {near[0]}?" if near else "remove it",
            )
        case "string_type" if isinstance(given, int | float) and not isinstance(given, bool):
            return Fault(
                f"`{named}` is the number {given}, expected text", position, f'write "{given}" in quotes'
            )
        case "string_pattern_mismatch":
            pattern = detail["ctx"]["pattern"]
            return Fault(
                f"`{named}` is {_shown(given)}, expected {_MEANING.get(pattern, f'text like {pattern}')}",
                position,
            )
        case "literal_error" if keys == ("schema",):
            expected = detail["ctx"]["expected"].strip("'")
            return Fault(
                f"`schema` is {_shown(given)}, expected {expected}", position, f"write schema: {expected}"
            )
        case "value_error" | "gate":
            return Fault(f"`{named}` {detail['msg'].removeprefix('Value error, ')}", position)
    return _wrong(named, keys, detail, type_, position)


def _wrong(
    named: str, keys: Sequence[str | int], detail: ErrorDetails, type_: type[BaseModel], position: Position
) -> Fault:
    """Say what stands there, what was expected, and what the field means."""
    given = detail["input"]
    limits = {
        name: f"{limit:.16g}"
        for name, limit in detail.get("ctx", {}).items()
        if isinstance(limit, float | int)
    }
    words = _EXPECTED.get(detail["type"])
    expected = words.format(**limits) if words else detail["msg"].removeprefix("Input should be ")
    found = f"{len(given)} characters long" if detail["type"] == "string_too_long" else _shown(given)
    of_number = detail["type"] in {"float_type", "int_type"}
    quoted = of_number and isinstance(given, str) and _NUMERAL.fullmatch(given)
    hint = f"write {given} without quotes" if quoted else _describe(type_, keys)
    return Fault(f"`{named}` is {found}, expected {expected}", position, hint)


def _keys(detail: ErrorDetails, value: object) -> tuple[tuple[str | int, ...], bool]:
    """Give the path inside the document, without what pydantic adds for its unions, and whether it ends in that."""
    loc = detail["loc"]
    keys: list[str | int] = []
    kept = True
    for index, part in enumerate(loc):
        of_gate = index == _GATE and loc[0] == "stages" and loc[2] == "gates" and part in KINDS
        last = index == len(loc) - 1
        kept = isinstance(value, Mapping | list) and not of_gate
        if isinstance(value, Mapping):
            # Of what is missing the holder is given, and so it is by a branch that wants no mapping.
            kept = kept and (part in value or (last and detail["type"] == "missing"))
            kept = kept and not (last and detail["input"] is value and detail["type"] != "missing")
        elif not isinstance(part, int):
            kept = False
        if kept:
            keys.append(part)
            value = value.get(part) if isinstance(value, Mapping) else cast("list[object]", value)[int(part)]
    return tuple(keys), not kept and loc[-1] != "[key]"


def _shown(value: object) -> str:
    told = "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


@cache
def _schema(type_: type[BaseModel]) -> Any:  # noqa: ANN401 - a JSON Schema
    return type_.model_json_schema(by_alias=True)


def _fields(type_: type[BaseModel], keys: Sequence[str | int]) -> dict[str, str]:
    """Give the fields that may stand at a place, each with what it means."""
    schema = _schema(type_)
    definitions = schema.get("$defs", {})
    for key in keys:
        for option in (schema, *schema.get("anyOf", ())):
            branch = definitions.get(option.get("$ref", "").rpartition("/")[2], option)
            found = branch.get("properties", {}).get(key) or branch.get(
                "items" if isinstance(key, int) else ""
            )
            if found:
                schema = found
                break
        else:
            return {}
    for option in (schema, *schema.get("anyOf", ())):
        branch = definitions.get(option.get("$ref", "").rpartition("/")[2], option)
        if "properties" in branch:
            return {name: field.get("description", "") for name, field in branch["properties"].items()}
    return {}


def _describe(type_: type[BaseModel], keys: Sequence[str | int]) -> str:
    meaning = _fields(type_, keys[:-1]).get(str(keys[-1]), "") if keys else ""
    return f"{keys[-1]}: {meaning}" if meaning else ""
