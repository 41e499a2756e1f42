"""Layout that libyaml lets pass and other YAML readers do not, and what its complaints ask for."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import yaml

_GLUED = "a comment begins without a space before it"
_SPACE = "put a space before the #"
_QUESTION = re.compile(r"(?:^|[-\s{\[,])\?", re.MULTILINE)

_STARTS = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_ENDS = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)

# What libyaml says, and what a person can do about it.
_MENDS = (
    (
        "mapping values are not allowed",
        'put text that holds ": " in double quotes, or align the line with its neighbours',
    ),
    ("cannot start any token", "put the text in double quotes"),
    ("block sequence entries are not", "begin the list on a line of its own"),
    ("unexpected end of stream", "close the quotes"),
    ("expected ',' or", "close the bracket, or put a comma between two items"),
    ("could not find expected ':'", "write a colon and a space after the key"),
    ("unknown escape character", "use single quotes, or write the backslash twice"),
    ("invalid Unicode character escape", "write the character itself"),
    ("directive", "delete the line"),
    ("hexdecimal", "write the character itself"),
    ("comment or line break", "begin the text on the next line"),
    ("<document start>", "begin every line of the top mapping in one column"),
    ("did not find expected", "align the line with its neighbours, or quote it"),
)


class Problem(NamedTuple):
    """Something that readers take differently."""

    offset: int
    message: str
    hint: str


def complaint(error: yaml.YAMLError) -> Problem:
    """Return what libyaml complains of, at the place that has to be mended."""
    message = getattr(error, "problem", None) or "this is not YAML"
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    if "unexpected end" in message or "expected ':'" in message:
        marks.reverse()  # It is noticed at the end, and wrong at the beginning.
    offset = next((mark.index for mark in marks if mark), 0)
    return Problem(offset, message, next((mend for sign, mend in _MENDS if sign in message), ""))


def start_of(event: yaml.Event) -> int:
    """Give where an event begins; libyaml tells it of every event."""
    return event.start_mark.index if event.start_mark else 0


def end_of(event: yaml.Event) -> int:
    """Give where an event ends."""
    return event.end_mark.index if event.end_mark else 0


def column_of(event: yaml.Event) -> int:
    """Give the column that an event begins in, from 0."""
    return event.start_mark.column if event.start_mark else 0


def of_block(text: str, event: yaml.ScalarEvent, margin: int) -> Problem | None:
    """Judge a block of text: `|` or `>`."""
    start, end, column = start_of(event), end_of(event), column_of(event)
    head = text[start:end].partition("\n")[0]
    if column <= margin and not text[start - column : start].strip():
        return Problem(start, "the block of text begins too far left", "begin it behind its key")
    if re.search("^.[-+]?[0-9]", head):
        message = "an indentation in digits is not read here"
        return Problem(start, message, "put the text in double quotes")
    if "#" in head.partition(" ")[0]:
        return Problem(start + head.index("#"), _GLUED, _SPACE)
    if not event.value.strip():
        return Problem(start, "the block of text is empty", 'write ""')
    if end == len(text) and text[-1] != "\n":
        message = "readers disagree whether this text ends with a line break"
        return Problem(start, message, "end the file with a line break")
    return None


def of_quotes(text: str, start: int, end: int, margin: int) -> Problem | None:
    """Judge what stands in quotes or brackets, in a block that begins at column `margin`."""
    if text[end : end + 1] == "#":
        return Problem(end, _GLUED, _SPACE)
    lines = text[start:end].split("\n")[1:]
    if any(line.strip() and len(line) - len(line.lstrip()) <= margin for line in lines):
        message = "what is in quotes or brackets goes on too far left"
        return Problem(start, message, "indent its lines, or write it on one line")
    return None


def explicit_keys(text: str, depth: int) -> frozenset[int]:
    """Return where the keys stand that follow a question mark, which events do not tell.

    It looks until the nesting is deeper than `depth`: libyaml's time grows with its square.
    """
    return frozenset(_explicit_keys(text, depth)) if _QUESTION.search(text) else frozenset()


def _explicit_keys(text: str, depth: int) -> Iterator[int]:
    key = None
    with suppress(yaml.YAMLError):  # The events will tell it better.
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            start: int = token.start_mark.index
            # The token of a key without question mark begins where the key itself does.
            if key not in {None, start}:
                yield start
            key = start if isinstance(token, yaml.KeyToken) else None
            depth += isinstance(token, _ENDS) - isinstance(token, _STARTS)
            if depth < 0:
                return
