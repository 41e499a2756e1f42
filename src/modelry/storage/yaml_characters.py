"""The characters that a document may be written in: those that a reviewer sees."""

import re
import unicodedata
from typing import NamedTuple

from modelry.model.places import Fault, Position

SIZE = 256 * 1024
"""The most bytes that a document may have."""


class Kind(NamedTuple):
    """Characters that are refused for one reason."""

    name: str
    characters: str
    """The inside of a regular expression's brackets."""
    hint: str


_DELETE = "delete it"
_NONCHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
)

KINDS = (
    Kind("a tab", "\t", r"use spaces; inside double quotes write \t"),
    Kind("a carriage return", "\r", "save the file with LF line ends"),
    Kind(
        "a hidden line break",
        "\x85\u2028\u2029",
        "end the line with LF, or delete it",
    ),
    Kind("a control character", "\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f", _DELETE),
    Kind(
        "a character that reverses text",
        "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069",
        _DELETE,
    ),
    Kind(
        "an invisible character",
        "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065"
        "\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a"
        "\U000e0000-\U000e0fff",
        _DELETE,
    ),
    Kind("half a character", "\ud800-\udfff", _DELETE),
    Kind("not a character", f"\ufdd0-\ufdef\ufffe\uffff{_NONCHARACTERS}", _DELETE),
)

_ASCII = bytes([ord("\n"), *range(ord(" "), ord("~") + 1)])
_REFUSED_IN_VALUES = f"[{''.join(kind.characters for kind in KINDS[1:])}]"
_NOT_NFC = "the text is not in Unicode's form NFC"
_TO_NFC = "normalize it, so that what looks the same is the same"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def decode(data: bytes) -> str | tuple[Fault, ...]:
    """Return the text of a file, or every kind of byte and character it may not have.

    In the text that is returned, a line ends where a reviewer sees it end, and
    every character can be seen.
    """
    if len(data) > SIZE:
        message = f"the file has {len(data):,} bytes, more than {SIZE:,}"
        return (Fault(message, Position(1, 1), "keep long lists out of it"),)
    if data.startswith(_BYTE_ORDER_MARK):
        message = "the file begins with a byte order mark"
        return (Fault(message, Position(1, 1), "save it as UTF-8 without one"),)
    # To strike out what is permitted takes a tenth of the time of a search for what is not.
    if not data.translate(None, _ASCII):
        return data.decode("ascii")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        fault = Fault(message, place(before, len(before)), "save the file as UTF-8")
        return (fault,)
    return _faults(text) or text


def fault_in_value(value: str) -> tuple[str, str] | None:
    """Say why text may not be a value (message and hint); None if it may."""
    if value.isascii() and value.isprintable():
        return None
    if found := re.search(_REFUSED_IN_VALUES, value):
        return _message(found.group()), _kind(found.group()).hint
    if not unicodedata.is_normalized("NFC", value):
        return _NOT_NFC, _TO_NFC
    return None


def place(text: str, offset: int) -> Position:
    """Return where the character at an offset stands."""
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def _faults(text: str) -> tuple[Fault, ...]:
    # One cause, once: a file with Windows line ends has one fault, not one a line.
    found = [(kind, match) for kind in KINDS if (match := re.search(f"[{kind.characters}]", text))]
    faults = [
        Fault(_message(match.group()), place(text, match.start()), kind.hint)
        for kind, match in sorted(found, key=lambda pair: pair[1].start())
    ]
    if not faults and not unicodedata.is_normalized("NFC", text):
        composed = unicodedata.normalize("NFC", text)
        pairs = enumerate(zip(text, composed, strict=False))
        offset = next((at for at, (one, other) in pairs if one != other), 0)
        faults.append(Fault(_NOT_NFC, place(text, offset), _TO_NFC))
    return tuple(faults)


def _kind(character: str) -> Kind:
    return next(k for k in KINDS if re.match(f"[{k.characters}]", character))


def _message(character: str) -> str:
    return f"{_name(character)} is {_kind(character).name}"


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
