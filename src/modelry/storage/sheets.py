"""Configuration of others, YAML or JSON, read into sheets: what it says, where, or what is wrong with it."""

import json
from functools import cache
from itertools import accumulate

from pydantic import ValidationError

from modelry.checks.json_places import Places
from modelry.doctor import Sheet
from modelry.doctor.base import Keys
from modelry.doctor.settings import ForgeSettings
from modelry.errors import RegistryError
from modelry.model.places import Fault, Position
from modelry.storage import yaml_characters, yaml_forges

_DEPTH = 64
"""How deep JSON may be nested; what forges answer is ten deep."""


def sheet(path: str, data: bytes) -> Sheet:
    """Read a file, whatever it holds: it never raises. Line ends may be those of Windows."""
    text = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    return _json(path, text) if path.endswith(".json") else _yaml(path, text)


def settings(path: str, data: bytes) -> Sheet:
    """Read a dump of a forge's settings. Raises `RegistryError` for what is none."""
    text = data.decode("utf-8", "replace")
    found = _json(path, text)
    hint = "make one: modelry doctor --dump > settings.json"
    if found.faults:
        raise RegistryError(f"{path} cannot be read: {found.faults[0].message}", hint=hint)
    try:
        ForgeSettings.model_validate(found.value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise RegistryError(f"{path} is no dump of settings: {where}: {first['msg']}", hint=hint) from error
    return found


def _yaml(path: str, text: str) -> Sheet:
    root, faults = yaml_forges.read(text)
    if root is None:
        return Sheet(path, None, text, faults)

    def locate(keys: Keys) -> Position:
        node, start = root, root.start
        for key in keys:
            if key not in node.children:
                break
            name = node.keys.get(key)
            node = node.children[key]
            is_within = isinstance(node.value, dict | list) or node.value is None
            start = name.start if name is not None and is_within else node.start
        return yaml_characters.place(text, start)

    return Sheet(path, root.value, text, locate=locate)


def _json(path: str, text: str) -> Sheet:
    deepest = max(accumulate((char in "[{") - (char in "]}") for char in text), default=0)
    if deepest > _DEPTH:
        return Sheet(path, None, text, (Fault(f"it is nested deeper than {_DEPTH}", Position(1, 1)),))
    try:
        value = json.loads(text)
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        message = getattr(error, "msg", None) or str(error)
        return Sheet(path, None, text, (Fault(message, Position(line, column)),))
    places = cache(lambda: Places(text))
    return Sheet(path, value, text, locate=lambda keys: places().of(keys))
