"""Where each value of a JSON text stands; the text has been read before, so it is known to be sound."""

import re
from json import JSONDecoder

from modelry.model.places import Position

_DECODER = JSONDecoder()
_BLANK = re.compile(r"[ \t\n\r]*")

Keys = tuple[str | int, ...]


class Places:
    """The places of all values of a text, by the keys that lead to them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: dict[Keys, int] = {}
        self.twice: list[Position] = []
        """Where a key stands that its object has already."""
        self._read(self._blank(0), ())

    def of(self, keys: Keys) -> Position:
        """Give the place of a value, or of the innermost that is there."""
        while keys not in self._starts:
            keys = keys[:-1]
        return self._position(self._starts[keys])

    def _position(self, start: int) -> Position:
        before = self._text[:start]
        return Position(before.count("\n") + 1, start - before.rfind("\n"))

    def _blank(self, start: int) -> int:
        found = _BLANK.match(self._text, start)
        return found.end() if found else start

    def _read(self, start: int, keys: Keys) -> int:
        """Note where the value is that begins at a character, and give where it ends."""
        self._starts[keys] = start
        if self._text[start] not in "{[":
            return _DECODER.raw_decode(self._text, start)[1]
        ends = "}" if self._text[start] == "{" else "]"
        at, number = self._blank(start + 1), 0
        while self._text[at] != ends:
            key: str | int = number
            if ends == "}":
                key, after = _DECODER.raw_decode(self._text, at)
                if (*keys, key) in self._starts:
                    self.twice.append(self._position(at))
                at = self._blank(self._blank(after) + 1)  # past the colon
            at, number = self._blank(self._read(at, (*keys, key))), number + 1
            if self._text[at] == ",":
                at = self._blank(at + 1)
        return at + 1
