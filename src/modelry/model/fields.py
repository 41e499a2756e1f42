"""What documents are made of: names, times, numbers and text as types, and the piece that all documents are."""

import ast
import inspect
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from typing_extensions import TypeAliasType

from modelry.model import addresses, names

T = TypeVar("T")

_LEAP = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
_DAY = (
    rf"([0-9]{{4}}-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|[0-9]{{4}}-(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    rf"|[0-9]{{4}}-02-(0[1-9]|1[0-9]|2[0-8])|{_LEAP})"
)
DATE = rf"^(?!0000){_DAY}$"
TIME = (
    rf"^(?!0000){_DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{{1,6}})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
"""RFC 3339 with seconds and a zone; exact to leap years, so that the schema alone refuses what we refuse."""

_date = re.compile(DATE)
_time = re.compile(TIME)
_BIG = 1e300


def _read_time(value: object) -> datetime:
    if not isinstance(value, str) or _time.fullmatch(value) is None:
        raise ValueError("is not a time with its zone, such as 2026-03-01T12:00:00Z")
    return datetime.fromisoformat(value)


def _read_date(value: object) -> date:
    if not isinstance(value, str) or _date.fullmatch(value) is None:
        raise ValueError("is not a date, such as 2026-03-01")
    return date.fromisoformat(value)


def _read_integer(value: object) -> object:
    # JSON Schema calls 3.0 an integer; the two must not differ.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read_stage(value: str) -> str:
    if not names.is_stage(value):
        raise ValueError(
            "is not a stage's name: lower-case letters, digits and hyphens, a letter first, "
            "and neither latest nor v<digits>"
        )
    return value


Time = Annotated[
    datetime,
    BeforeValidator(_read_time),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": TIME}),
]
Date = Annotated[
    date, BeforeValidator(_read_date), WithJsonSchema({"type": "string", "format": "date", "pattern": DATE})
]
# Bounds are how a JSON Schema refuses infinity; `not: {minimum}` is how it refuses NaN.
Number = Annotated[
    float,
    Field(gt=-_BIG, lt=_BIG),
    WithJsonSchema({"type": "number", "exclusiveMinimum": -_BIG, "not": {"minimum": _BIG}}),
]
Count = Annotated[int, Field(ge=0, lt=2**53), BeforeValidator(_read_integer)]
Integer = Annotated[int, Field(gt=-(2**53), lt=2**53), BeforeValidator(_read_integer)]
Several = Annotated[tuple[T, ...], Strict(strict=False)]

ModelName = Annotated[str, StringConstraints(pattern=names.MODEL)]
StageName = Annotated[
    str,
    AfterValidator(_read_stage),
    WithJsonSchema(
        {"type": "string", "pattern": names.STAGE, "not": {"pattern": "^(latest|v[0-9]+)$"}},
    ),
]
Version = Annotated[str, StringConstraints(pattern=names.VERSION, max_length=64)]
Sha256 = Annotated[str, StringConstraints(pattern=names.SHA256)]
Digest = Annotated[str, StringConstraints(pattern=names.DIGEST)]
Commit = Annotated[str, StringConstraints(pattern=names.COMMIT)]
FileName = Annotated[str, StringConstraints(pattern=names.FILE)]
MetricName = Annotated[str, StringConstraints(pattern=names.METRIC)]
GateName = Annotated[str, StringConstraints(pattern=names.GATE)]
Slug = Annotated[str, StringConstraints(pattern=names.SLUG)]
Line = Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=200)]
"""One line of text."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Url = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z][a-z0-9+.-]{1,20}:[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+$", max_length=1000
    ),
]
WebUrl = Annotated[
    str,
    StringConstraints(
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~:/?#@!$&()*+,;=%-]*)?$",
        max_length=1000,
    ),
]
SourceUrl = Annotated[str, StringConstraints(pattern=addresses.SOURCE, max_length=1000)]
"""A file that anybody can download: https://, a host's name, no user."""
Host = Annotated[str, StringConstraints(pattern=addresses.HOST, max_length=261)]
"""A host of the web, `*.` and a domain for all below it; with `:8443`, that port of it."""
Person = Annotated[str, StringConstraints(pattern=r"^@?[^\s@/<>&|`]+([ /@][^\s@/<>&|`]+)*$", max_length=100)]
"""A forge account (`@alice`), a team (`@acme/risk`), an address or a name."""
_TERM = r"[A-Za-z0-9][A-Za-z0-9.:-]*\+?( WITH [A-Za-z0-9][A-Za-z0-9.-]*)?"
_GROUP = rf"({_TERM}|\({_TERM}( (AND|OR) {_TERM})*\))"
License = Annotated[str, StringConstraints(pattern=rf"^{_GROUP}( (AND|OR) {_GROUP})*$", max_length=200)]
"""An SPDX expression; whether its licences exist is a rule's question, since that list grows."""
Duration = Annotated[str, StringConstraints(pattern=names.DURATION)]
"""Minutes, hours, days or weeks: `30m`, `12h`, `7d`, `2w`."""
FieldPath = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[A-Za-z0-9_-]+)*$", max_length=200)]

Plain = TypeAliasType(
    "Plain",
    "bool | Integer | Number | Annotated[str, Field(max_length=10_000)]"
    " | Several[Plain] | dict[Annotated[str, Field(min_length=1, max_length=200)], Plain] | None",
)
"""Whatever YAML can say without surprises."""

Metrics = Annotated[dict[MetricName, Number], Field(min_length=1)]


@cache
def _sentences(type_: type[BaseModel]) -> Mapping[str, str]:
    """Give the sentence under each field of a class."""
    ((definition, *_), *_) = [ast.parse(dedent(inspect.getsource(type_))).body]
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(below.value.value, str)
    }


def _describe(schema: dict[str, Any], type_: type[BaseModel]) -> None:
    """Give each field of a schema the sentence under it.

    pydantic does the same (`use_attribute_docstrings`), but reads every class's source when it is imported:
    30 ms in every command, for what a schema or a fault's hint needs.
    """
    classes = [
        class_ for class_ in reversed(type_.__mro__) if issubclass(class_, Part) and class_ is not Part
    ]
    for name, sentence in (pair for class_ in classes for pair in _sentences(class_).items()):
        schema["properties"][type_.model_fields[name].alias or name]["description"] = sentence


class Part(BaseModel):
    """A piece of a document: a typo is refused, and nothing changes it after reading."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        json_schema_extra=_describe,
        # Most commands read one or two kinds of document; the others need not be compiled.
        defer_build=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )
