"""CEL read into a tree with places, which the library that evaluates it does not give; what it refuses never comes here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

_TOKEN = re.compile(
    r"""(?:\s|//[^\n]*)*(?:
    (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+[uU]?)
    |(?P<text>[bB]?[rR](?:\"\"\"(?s:.*?)\"\"\"|'''(?s:.*?)'''|"[^"\n]*"|'[^'\n]*')
      |[bB]?(?:\"\"\"(?s:\\.|[^\\])*?\"\"\"|'''(?s:\\.|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<name>[_a-zA-Z]\w*)
    |(?P<sign>&&|\|\||<=|>=|==|!=|[-+*/%!<>?:.,()\[\]{}])
    |(?P<end>\Z))""",
    re.VERBOSE | re.ASCII,
)
_BINARY = {"||": 1, "&&": 2, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5}
_BINARY |= dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "in"), 3)


class UnreadError(Exception):
    """The text is none that this reads; nothing is guessed."""


@dataclass(frozen=True)
class _Piece:
    """A piece of an expression, from one character to another."""

    start: int
    end: int


@dataclass(frozen=True)
class Literal(_Piece):
    """A value that stands there; `kind` is CEL's name of its type."""

    kind: str
    text: str


@dataclass(frozen=True)
class Name(_Piece):
    """A variable."""

    name: str


@dataclass(frozen=True)
class Select(_Piece):
    """A field of something."""

    of: "Node"
    field: str


@dataclass(frozen=True)
class Call(_Piece):
    """A function, or a method of something."""

    name: str
    of: "Node | None"
    args: tuple["Node", ...]


@dataclass(frozen=True)
class Operation(_Piece):
    """An operator and what it is applied to: `?:` to three, `[]` to two, the others to one or two."""

    sign: str
    args: tuple["Node", ...]


@dataclass(frozen=True)
class Items(_Piece):
    """A list that is written out."""

    items: tuple["Node", ...]


@dataclass(frozen=True)
class Entries(_Piece):
    """A mapping that is written out: keys and values in turn."""

    entries: tuple["Node", ...]


Node = Literal | Name | Select | Call | Operation | Items | Entries
"""Whatever an expression is made of."""


def read(text: str) -> Node:
    """Give the tree of an expression; raises `UnreadError` for what is none."""
    reader = _Reader(text)
    node = reader.expression()
    if reader.kind != "end":
        raise UnreadError(text[reader.start :])
    return node


_MEANT = {"=": "==", "and": "&&", "or": "||", "not": "!", "&": "&&", "|": "||"}
"""What other languages write, and CEL does not."""


_COMPLAINT = re.compile(r"ERROR: <input>:(\d+):(\d+): ", re.MULTILINE)


def refused(text: str, complaint: str) -> tuple[int, str] | None:
    """Give from which character on the library cannot read an expression, and why, in words; None where it names no place."""
    told = _COMPLAINT.search(complaint)
    if told is None:
        return None
    lines = text.split("\n")[: int(told[1]) - 1]
    start = sum(len(line) + 1 for line in lines) + int(told[2]) - 1
    return start, _stumble(text, start)


def _stumble(text: str, at: int) -> str:
    rest = text[at:].lstrip()
    if not rest:
        missing = next(
            (
                f": a {end} is missing"
                for begin, end in ("()", "[]", "{}")
                if text.count(begin) > text.count(end)
            ),
            "",
        )
        return f"it ends too early{missing}"
    if rest[0] in "\"'":
        return "a quotation mark is never closed"
    word = re.match(r"\w+|.", rest)
    told = word[0] if word is not None else rest[:1]
    meant = f"; write `{_MEANT[told]}`" if told in _MEANT else ""
    # What nobody would see is told by its number.
    shown = f"`{told}`" if told.isprintable() else f"the sign U+{ord(told):04X}"
    return f"{shown} cannot stand here{meant}"


def pieces(node: Node) -> Iterator[Node]:
    """Give a piece and all that it is made of."""
    yield node
    for value in vars(node).values():
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, _Piece):
                yield from pieces(cast("Node", inner))


class _Reader:
    """One pass over the text, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.next = 0
        self.advance()

    def advance(self) -> None:
        found = _TOKEN.match(self.text, self.next)
        if found is None or found.lastgroup is None:
            raise UnreadError(self.text[self.next :])
        self.ended = self.next  # where the token that is left behind ends
        self.kind, self.token = found.lastgroup, found[found.lastgroup]
        self.start, self.next = found.span(found.lastgroup)

    def takes(self, *signs: str) -> bool:
        """Go past one of these signs, if it is there."""
        there = self.kind in {"sign", "name"} and self.token in signs
        if there:
            self.advance()
        return there

    def expect(self, sign: str) -> None:
        if not self.takes(sign):
            raise UnreadError(self.text[self.start :])

    def expression(self) -> Node:
        start, chosen = self.start, self.binary(1)
        if not self.takes("?"):
            return chosen
        yes = self.binary(1)
        self.expect(":")
        no = self.expression()
        return Operation(start, self.ended, "?:", (chosen, yes, no))

    def binary(self, least: int) -> Node:
        left = self.unary()
        while self.kind in {"sign", "name"} and _BINARY.get(self.token, 0) >= least:
            sign = self.token
            self.advance()
            right = self.binary(_BINARY[sign] + 1)
            left = Operation(left.start, self.ended, sign, (left, right))
        return left

    def unary(self) -> Node:
        signs = []
        while self.kind == "sign" and self.token in {"!", "-"}:
            signs.append((self.start, self.token))
            self.advance()
        node = self.member()
        for start, sign in reversed(signs):
            node = Operation(start, self.ended, sign, (node,))
        return node

    def member(self) -> Node:
        start, node = self.start, self.primary()
        while True:
            if self.takes("."):
                name = self.name()
                called = self.takes("(")
                args = self.several(")") if called else ()
                node = (
                    Call(start, self.ended, name, node, args)
                    if called
                    else Select(start, self.ended, node, name)
                )
            elif self.takes("["):
                index = self.expression()
                self.expect("]")
                node = Operation(start, self.ended, "[]", (node, index))
            else:
                return node

    def name(self) -> str:
        token, kind = self.token, self.kind
        self.advance()
        if kind != "name":
            raise UnreadError(token)
        return token

    def several(self, end: str) -> tuple[Node, ...]:
        """Give what stands between commas, up to a bracket; a comma may follow the last."""
        found: list[Node] = []
        while not self.takes(end):
            found.append(self.expression())
            if not self.takes(","):
                self.expect(end)
                break
        return tuple(found)

    def primary(self) -> Node:
        start = self.start
        if self.kind in {"number", "text"}:
            return self.literal()
        if self.takes("("):
            node = self.expression()
            self.expect(")")
            return node
        if self.takes("["):
            items = self.several("]")
            return Items(start, self.ended, items)
        if self.takes("{"):
            entries: list[Node] = []
            while not self.takes("}"):
                entries.append(self.expression())
                self.expect(":")
                entries.append(self.expression())
                if not self.takes(","):
                    self.expect("}")
                    break
            return Entries(start, self.ended, tuple(entries))
        if self.kind == "name" and self.token in {"true", "false", "null"}:
            return self.literal()
        name = self.name()
        if self.takes("("):
            args = self.several(")")
            return Call(start, self.ended, name, None, args)
        return Name(start, self.ended, name)

    def literal(self) -> Literal:
        start, token, kind = self.start, self.token, self.kind
        self.advance()
        if kind == "text":
            of = "bytes" if token[0] in "bB" else "string"
        elif kind == "name":
            of = {"null": "null_type"}.get(token, "bool")
        elif token[-1] in "uU":
            of = "uint"
        else:
            of = "double" if re.search(r"[.eE]", token) and token[:2] not in {"0x", "0X"} else "int"
        return Literal(start, self.ended, of, token)
