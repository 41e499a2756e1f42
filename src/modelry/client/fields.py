"""The fields of a document that somebody else wrote: each is checked as it is taken, and only what is taken."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from modelry.errors import RegistryError
from modelry.model import names


class Shape(NamedTuple):
    """What a text must look like."""

    pattern: str
    meaning: str
    longest: int = 500


MODEL = Shape(names.MODEL, "a model's name")
VERSION = Shape(names.VERSION, "a version", 64)
SHA256 = Shape(names.SHA256, "a SHA-256")
OBJECT = Shape(rf"{names.MD5[:-1]}(\.dir)?$", "an MD5, or one with .dir")
COMMIT = Shape(names.COMMIT, "a full commit id")
SLUG = Shape(names.SLUG, "a word")
SNAPSHOT = Shape(r"^s/[0-9a-f]{64}\.json$", "a snapshot's path")
FILE = Shape(names.FILE, "a bare file name")
PATH = Shape(rf"{names.FILE[:-1]}(/{names.FILE[1:-1]})*$", "a path inside the folder")
URL = Shape(r"^[A-Za-z0-9._~:/@+=%-]+$", "an address")
REFERENCE = Shape(rf"{names.MODEL[:-1]}@[0-9A-Za-z.+-]{{1,64}}$", "a reference")
LINE = Shape(r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$", "a line of text", 10_000)

_BIGGEST = 1 << 60
_SHOWN = 60


class Fields:
    """A mapping of a document, with the name of the file that errors will tell."""

    __slots__ = ("above", "value", "where")

    def __init__(self, value: object, where: str, above: str = "") -> None:
        self.where = where
        self.above = above
        if not isinstance(value, Mapping):
            raise self._wrong("", value, "a mapping")
        self.value = value

    def text(self, key: str, shape: Shape) -> str:
        """Give a text of a shape."""
        value = self.value.get(key)
        if isinstance(value, str) and len(value) <= shape.longest and re.fullmatch(shape.pattern, value):
            return value
        raise self._wrong(key, value, shape.meaning)

    def optional(self, key: str, shape: Shape) -> str | None:
        """Give a text of a shape, or None where there is none."""
        return None if self.value.get(key) is None else self.text(key, shape)

    def count(self, key: str) -> int:
        """Give a whole number that is not negative."""
        value = self.value.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _BIGGEST:
            return value
        raise self._wrong(key, value, "a whole number")

    def exactly(self, key: str, expected: str) -> None:
        """Require one certain text."""
        if self.value.get(key) != expected:
            raise self._wrong(key, self.value.get(key), expected)

    def inside(self, key: str) -> "Fields":
        """Give the mapping at a key."""
        return Fields(self.value.get(key), self.where, f"{self.above}{key}.")

    def texts(self, key: str, shape: Shape) -> tuple[str, ...]:
        """Give the texts of a list, each of a shape."""
        value = self.value.get(key)
        if not isinstance(value, list):
            raise self._wrong(key, value, "a list")
        of = Fields({str(index): item for index, item in enumerate(value)}, self.where, f"{self.above}{key}.")
        return tuple(of.text(index, shape) for index in of.value)

    def each(self, key: str) -> Iterator["Fields"]:
        """Give the mappings of a list."""
        value = self.value.get(key)
        if not isinstance(value, list):
            raise self._wrong(key, value, "a list")
        for index, item in enumerate(value):
            yield Fields(item, self.where, f"{self.above}{key}.{index}.")

    def _wrong(self, key: str, value: object, expected: str) -> RegistryError:
        place = f"{self.above}{key}".rstrip(".")
        found = "missing" if value is None else repr(value)
        found = found if len(found) <= _SHOWN else f"{found[:_SHOWN]}…"
        named = f"`{place}` is" if place else "it is"
        return RegistryError(
            f"{self.where}: {named} {found}, expected {expected}", hint="run `modelry check` in the registry"
        )
