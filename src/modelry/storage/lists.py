"""DVC's list of a folder's files: an object of the remote like any other, and as little to be believed."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from modelry.errors import IntegrityError
from modelry.model import names
from modelry.storage.bodies import Body

_CHUNK = 1 << 20
_LARGEST = 64 << 20


def read(body: Body) -> bytes:
    """Give the bytes of a list, as far as any list may go."""
    data = bytearray()
    while chunk := body.read(min(_CHUNK, _LARGEST + 1 - len(data))):
        data += chunk
    return bytes(data)


def parsed(data: bytes, expected: Iterable[str]) -> Mapping[str, str]:
    """Give path to MD5. Raises `IntegrityError` unless it names just these files."""
    try:
        entries: Any = json.loads(data)
        found = {str(entry["relpath"]): str(entry["md5"]) for entry in entries}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise IntegrityError("is no list of files") from error
    paths = set(expected)
    if len(entries) != len(found) or found.keys() != paths:
        other = min(found.keys() ^ paths, default="a file twice")
        raise IntegrityError(f"does not list the files of the record: {other!r}")
    if not all(re.fullmatch(names.MD5, md5) for md5 in found.values()):
        raise IntegrityError("lists a file by no MD5")
    return found
