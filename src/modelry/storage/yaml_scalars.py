"""What a plain scalar means, and the spellings that have no one meaning."""

import re
from collections.abc import Callable
from typing import NamedTuple

DIGITS = 18
"""The most digits of an integer: each reader in each language holds that many."""

_INTEGER = re.compile(rf"0|-?[1-9][0-9]{{0,{DIGITS - 1}}}")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?")
_WORDS = {"": None, "null": None, "true": True, "false": False}
_LONGEST_NUMBER = 40

# All that SPELLINGS, integers and floats look like, and little else: most text ends here.
# Possessive, so that 60,000 digits and underscores do not take a minute.
_SUSPECT = re.compile(
    r"[-+]{0,2}(?:[0-9]|\.[0-9_])[0-9_:]*+\.?[0-9_]*+(?:e[-+]?[0-9]+)?|[-+]{0,2}0[box][-+]?[0-9a-f_]+|[-+]?\.(?:inf|nan)"
    r"|y|n|yes|no|on|off|true|false|null|~|=|<<|[-?:]",
    re.ASCII | re.IGNORECASE,
)

# Dates and times: text to us, and to YAML 1.1 readers a date. Only writers care.
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?")


class Refusal(NamedTuple):
    """Why a plain scalar is refused rather than guessed at."""

    message: str
    hint: str


class Spelling(NamedTuple):
    """Plain scalars that readers disagree on, or that do not say what they mean."""

    name: str
    """What is spelled so."""
    pattern: str
    """What the whole scalar looks like, as a regular expression."""
    reading: str
    """What becomes of it, after the words `1.10 is`."""
    plainly: Callable[[str], str | None]
    """The one spelling that all readers agree on, where there is one."""


def _says(word: str) -> Callable[[str], str]:
    return lambda _: word


def _as_integer(text: str) -> str | None:
    digits = text.replace("_", "").lower()
    value = int(digits, 0) if len(digits) <= DIGITS else 10**DIGITS
    return str(value) if abs(value) < 10**DIGITS else None


def _as_number(text: str) -> str | None:
    text = text.replace("_", "").removeprefix("+")
    if _INTEGER.fullmatch(text):
        return text
    number = float(text)
    exact = abs(number) < float("inf") and _same_number(text, number)
    return str(int(number)) if text == "-0" else spell(number) if exact else None


def _nearest(text: str) -> str | None:
    number = float(text)
    vanished = not number and _digits(text)[0]
    return None if vanished or abs(number) == float("inf") else spell(number)


def _nothing(_: str) -> None:
    return None


_DIFFERS = "is {} to some readers and text to others".format
_UNUSUAL = "is not the plain spelling of {}".format

SPELLINGS = (
    Spelling("a word for true", "(?i:y|yes|on)", _DIFFERS("true"), _says("true")),
    Spelling("a word for false", "(?i:n|no|off)", _DIFFERS("false"), _says("false")),
    Spelling("true in capitals", "(?i:true)", _UNUSUAL("true"), _says("true")),
    Spelling("false in capitals", "(?i:false)", _UNUSUAL("false"), _says("false")),
    Spelling("null in capitals", "(?i:null)|~", _UNUSUAL("null"), _says("null")),
    Spelling(
        "a merge key",
        "<<|=",
        "merges or names values to some readers and is text to others",
        _nothing,
    ),
    Spelling("a lone sign", "[-?:]", "is text to some readers and an error to others", _nothing),
    Spelling(
        "an infinity or no number",
        r"[-+]?\.(?i:inf|nan)",
        "is no finite number",
        _nothing,
    ),
    Spelling(
        "a number with signs in the wrong place",
        r"[-+]{2}.+|[-+]?0[boxBOX](?:[-+].+|_+)",
        "is a number, or an error, to some readers and text to others",
        _nothing,
    ),
    Spelling(
        "a number to another base",
        "[-+]?0(?i:x_*[0-9a-f][0-9a-f_]*|o_*[0-7][0-7_]*|b_*[01][01_]*)",
        _DIFFERS("a number"),
        _as_integer,
    ),
    Spelling(
        "a number with leading zeros",
        r"[-+]?0[0-9_]+(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?",
        "is octal to some readers and decimal to others",
        _nothing,
    ),
    Spelling(
        "a number to base sixty",
        r"[-+]?[0-9][0-9_]*(?::[0-9]{1,2})+(?:\.[0-9_]*)?",
        _DIFFERS("a number to base sixty"),
        _nothing,
    ),
    Spelling(
        "a long integer",
        rf"[-+]?[0-9]{{{DIGITS + 1},}}",
        f"has more than {DIGITS} digits, which not all readers can hold",
        _nothing,
    ),
    Spelling(
        "a number with underscores",
        r"[-+]?(?=[0-9._]*[0-9])(?=[0-9.]*_)(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?",
        _DIFFERS("a number"),
        _as_number,
    ),
    Spelling("a signed number", r"\+[0-9]*\.?[0-9]*|-0", _UNUSUAL("a number"), _as_number),
    Spelling(
        "a number with trailing zeros",
        r"-?[0-9]+\.[0-9]+0",
        "is read as the number {}",
        _nearest,
    ),
    Spelling(
        "a number that does not fit",
        _FLOAT.pattern,
        "has more digits, or is further from zero, than a number can hold",
        _nearest,
    ),
    Spelling(
        "a number without a digit beside its point",
        r"[-+]?(?:\.[0-9]+|[0-9]+\.)",
        _UNUSUAL("a number"),
        _as_number,
    ),
    Spelling(
        "a number with an exponent",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?",
        _DIFFERS("a number"),
        _as_number,
    ),
)


def resolve(text: str) -> str | float | Refusal | None:
    """Return what every YAML reader reads in a plain scalar, or why there is no such.

    Dates and times stay text.
    """
    if text in _WORDS:
        return _WORDS[text]
    if not _SUSPECT.fullmatch(text):
        return text
    if (number := _number(text)) is not None:
        return number
    spellings = (spelling for spelling in SPELLINGS if spells(spelling, text))
    return next((_refuse(text, spelling) for spelling in spellings), text)


def spells(spelling: Spelling, text: str) -> bool:
    """Whether a scalar looks like this; the first in SPELLINGS that it looks like counts."""
    return re.fullmatch(spelling.pattern, text, re.ASCII) is not None


def means_itself(text: str) -> bool:
    """Whether a plain scalar is this text to all YAML readers, old and new."""
    return resolve(text) == text and not _TIMESTAMP.fullmatch(text)


def spell(number: float) -> str:
    """Return the shortest spelling that all readers read as this very number."""
    digits = repr(number)
    # YAML 1.1 reads 1e-07 as text, and 1.0e-07 as the number that it is.
    return digits if "." in digits else digits.replace("e", ".0e")


def shorten(text: str) -> str:
    """Return a scalar as a message shows it: one line, and not a long one."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NUMBER else f"{line[:_LONGEST_NUMBER]}…"


def _number(text: str) -> float | None:
    """Return a number that is written as all readers expect; an int stays one."""
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _FLOAT.fullmatch(text):
        return None
    number = float(text)
    if repr(number) == text:
        return number
    zeros = text.endswith("0") and "e" not in text.lower()
    return number if _same_number(text, number) and not zeros else None


def _refuse(text: str, spelling: Spelling) -> Refusal:
    short = shorten(text)
    plain = spelling.plainly(text) if len(text) <= _LONGEST_NUMBER else None
    reading = spelling.reading.format(plain or "that is nearest")
    hint = f'write "{text}" in quotes' if short == text else "write it in quotes"
    if plain is not None:
        hint += f" if it is text, {plain} if it is {_noun(plain)}"
    return Refusal(f"`{short}` {reading}", hint)


def _noun(plain: str) -> str:
    if plain == "null":
        return "no value"
    return "a truth value" if plain in _WORDS else "a number"


def _same_number(text: str, number: float) -> bool:
    """Whether the decimal digits and the float are one number to its 17 digits."""
    if len(text) > _LONGEST_NUMBER:
        return False
    return _digits(text) == _digits(repr(number))


def _digits(text: str) -> tuple[str, int]:
    """Return a number's significant digits, and the power of ten of the last."""
    mantissa, _, exponent = text.lower().lstrip("-+").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    power = int(exponent or 0) - len(fraction) + len(digits) - len(significant)
    return significant, power if significant else 0
