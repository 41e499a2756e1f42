"""What an expression of CEL does, told without running it: whether there is what it names, and what may be done with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from modelry.checks.expression_syntax import Call, Entries, Items, Literal, Name, Node, Operation, Select
from modelry.checks.expression_types import ANY, BOOL, NUMBERS, WORDS, Type, alike, common

_SAMPLE = {
    "bool": "true",
    "int": "1",
    "uint": "1u",
    "double": "1.5",
    "string": '"1"',
    "bytes": 'b"1"',
    "null_type": "null",
    "list": "[1]",
    "map": '{"a": 1}',
    "google.protobuf.Timestamp": 'timestamp("2026-01-01T00:00:00Z")',
    "google.protobuf.Duration": 'duration("1h")',
    "type": "type(1)",
}
"""A value of each type, by which the library is asked what it does with such values."""
_READ = {"timestamp": '"2026-01-01T00:00:00Z"', "duration": '"1h"'}
"""Text that these functions can read."""
FUNCTIONS = (
    *("bytes", "double", "duration", "dyn", "int", "size", "string", "timestamp", "type", "uint"),
    *("contains", "endsWith", "matches", "startsWith"),
    *("getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getMonth"),
    *("getHours", "getMinutes", "getSeconds", "getMilliseconds"),
)
_LOOPS = {"all", "exists", "exists_one", "map", "filter"}


class Wrong(NamedTuple):
    """What is wrong with an expression, and at which character."""

    start: int
    message: str
    hint: str


def wrong(node: Node, text: str, scope: Mapping[str, Type]) -> list[Wrong]:
    """Give all that is wrong with an expression that must be true or false."""
    found = _Reading(text)
    found.boolean(node, scope)
    return found.wrong


@dataclass
class _Reading:
    """One look at one expression; after something wrong it goes on, taking it for what it should be."""

    text: str
    wrong: list[Wrong] = field(default_factory=list)

    def say(self, node: Node, message: str, hint: str = "") -> Type:
        self.wrong.append(Wrong(node.start, message, hint))
        return ANY

    def shown(self, node: Node) -> str:
        return f"`{self.text[node.start : node.end][:60]}`"

    def boolean(self, node: Node, scope: Mapping[str, Type]) -> Type:
        found = self.type(node, scope)
        if found.kind not in {"", "bool"}:
            self.say(node, f"{self.shown(node)} is {WORDS[found.kind]}, expected true or false")
        return BOOL

    def type(self, node: Node, scope: Mapping[str, Type]) -> Type:
        match node:
            case Literal():
                return Type(node.kind)
            case Name():
                if node.name in scope:
                    return scope[node.name]
                return self.say(node, f"there is no {node.name}", _near(node.name, scope))
            case Select():
                return self.selected(node, node.end - len(node.field), self.type(node.of, scope), node.field)
            case Items():
                return Type("list", common(self.type(item, scope) for item in node.items))
            case Entries():
                for entry in node.entries:
                    self.type(entry, scope)
                return Type("map", ANY)
            case Operation():
                return self.operation(node, scope)
            case _:
                return self.call(node, scope)

    def selected(self, node: Node, start: int, holder: Type, name: str) -> Type:
        if holder.fields is not None:
            if name in holder.fields:
                return holder.fields[name]
            return self.say(Name(start, node.end, name), f"{holder.lacks} {name}", _near(name, holder.fields))
        if holder.kind not in {"", "map"}:
            return self.say(node, f"{self.shown(node)}: {WORDS[holder.kind]} has no fields")
        return holder.of or ANY

    def loop(self, how: str, many: Type, each: str, inside: list[Node], scope: Mapping[str, Type]) -> Type:
        item = Type("string") if many.kind == "map" else many.of or ANY
        *conditions, last = inside
        scope = {**scope, each: item}
        for condition in conditions:
            self.boolean(condition, scope)
        if how == "map":
            return Type("list", self.type(last, scope))
        self.boolean(last, scope)
        return Type("list", item) if how == "filter" else BOOL

    def call(self, node: Call, scope: Mapping[str, Type]) -> Type:
        match node:
            case Call(name="has", of=None, args=(Select() as asked,)):
                self.type(asked, scope)
                return BOOL
            case Call(of=many, args=(Name() as each, *inside)) if many is not None and node.name in _LOOPS:
                found = self.type(many, scope)
                if found.kind not in {"", "list", "map"}:
                    return self.say(node, f"{self.shown(node)}: {WORDS[found.kind]} has no items")
                return self.loop(node.name, found, each.name, inside, scope)
        return self.function(node, scope)

    def function(self, node: Call, scope: Mapping[str, Type]) -> Type:
        if node.name not in FUNCTIONS:
            near = get_close_matches(node.name, FUNCTIONS, n=1)
            hint = f"did you mean {near[0]}()?" if near else "see the functions of CEL: https://cel.dev"
            return self.say(node, f"there is no function {node.name}()", hint)
        given = [self.type(arg, scope) for arg in (*([node.of] if node.of else ()), *node.args)]
        if node.name == "dyn":
            return ANY
        inside = ", ".join("{}" for _ in node.args)
        form = f"{{}}.{node.name}({inside})" if node.of else f"{node.name}({inside})"
        result = _asked(form, *(_sample(kind.kind, node.name) for kind in given))
        if result is None and all(kind.kind for kind in given):
            words = ", ".join(WORDS[kind.kind] for kind in given) or "nothing"
            return self.say(node, f"{self.shown(node)}: {node.name}() is not for {words}")
        return Type(result or "")

    def operation(self, node: Operation, scope: Mapping[str, Type]) -> Type:
        sign = node.sign
        if sign in {"&&", "||", "!"}:
            for arg in node.args:
                self.boolean(arg, scope)
            return BOOL
        if sign == "?:":
            self.boolean(node.args[0], scope)
            return common(self.type(arg, scope) for arg in node.args[1:])
        types = [self.type(arg, scope) for arg in node.args]
        if sign in {"==", "!="}:
            return self.equality(node, *types)
        if sign == "in":
            return self.membership(node, *types)
        if sign == "[]":
            return self.index(node, *types)
        return self.result(node, types)

    def result(self, node: Operation, types: list[Type]) -> Type:
        """Give what the library makes of operands of these types."""
        sign = node.sign
        if not all(kind.kind for kind in types):
            return BOOL if sign in {"<", "<=", ">", ">="} else ANY
        form = f"{{}} {sign} {{}}" if len(types) > 1 else f"{sign}{{}}"
        result = _asked(form, *(_SAMPLE[kind.kind] for kind in types))
        if result is None:
            words = " and ".join(WORDS[kind.kind] for kind in types)
            kinds = {kind.kind for kind in types}
            hint = ""
            if kinds <= NUMBERS and sign != "%":
                hint = "write whole numbers with a point, such as 100.0, or use double()"
            elif "string" in kinds and kinds & NUMBERS:
                hint = "write the number without quotes"
            return self.say(node, f"{self.shown(node)}: {sign} is not for {words}", hint)
        return Type(result, common(types)) if result == "list" else Type(result)

    def equality(self, node: Operation, left: Type, right: Type) -> Type:
        if not alike(left, right):
            what = f"{WORDS[left.kind]} is never {WORDS[right.kind]}"
            number = "string" in {left.kind, right.kind} and {left.kind, right.kind} & NUMBERS
            hint = "write the number without quotes" if number else "compare what is of one type"
            self.say(node, f"{self.shown(node)}: {what}", hint)
        return BOOL

    def membership(self, node: Operation, item: Type, holder: Type) -> Type:
        if holder.kind not in {"", "list", "map"}:
            self.say(
                node,
                f"{self.shown(node)}: `in` looks into a list or a mapping, not into {WORDS[holder.kind]}",
            )
        inside = holder.of if holder.kind == "list" else Type("string")
        if holder.kind and inside is not None and not alike(item, inside):
            what = f"{WORDS[item.kind]} is never in a {holder.kind} of {WORDS[inside.kind]}"
            self.say(node, f"{self.shown(node)}: {what}")
        return BOOL

    def index(self, node: Operation, holder: Type, index: Type) -> Type:
        key = node.args[1]
        if holder.fields is not None and isinstance(key, Literal) and key.kind == "string":
            return self.selected(node, key.start + 1, holder, key.text.strip("\"'"))
        # What documents hold is found by text; a mapping that is written out may have other keys.
        keys = {"string", "int", "uint", "bool"} if holder.of == ANY else {"string"}
        wanted = {"list": {"int", "uint"}, "map": keys, "": {index.kind}}
        if holder.kind not in wanted:
            return self.say(node, f"{self.shown(node)}: {WORDS[holder.kind]} has no items")
        if index.kind and index.kind not in wanted[holder.kind]:
            return self.say(
                node, f"{self.shown(node)}: {WORDS[index.kind]} is no place in {WORDS[holder.kind]}"
            )
        return holder.of or ANY


def _sample(kind: str, function: str) -> str:
    if kind == "string":
        return '"UTC"' if function.startswith("get") else _READ.get(function, _SAMPLE[kind])
    return _SAMPLE.get(kind, "")


@cache
def _asked(form: str, *samples: str) -> str | None:
    """Ask the library of which type the answer is for such values; None where it takes none such."""
    import cel  # noqa: PLC0415 - 0.4 s of import that only a registry with expressions pays

    try:
        return str(cel.evaluate(f"type({form.format(*samples)})"))
    except (ArithmeticError, RuntimeError, TypeError, ValueError):
        return None


def _near(name: str, known: Iterable[str]) -> str:
    known = list(known)
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there is {', '.join(known)}"
