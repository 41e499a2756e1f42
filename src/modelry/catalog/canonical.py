"""A document's canonical bytes: the same facts, the same bytes."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel


def dump(document: BaseModel | dict[str, Any]) -> bytes:
    """Give a document's canonical bytes."""
    value = document if isinstance(document, dict) else document.model_dump(mode="json", exclude_unset=True)
    if isinstance(document, BaseModel) and "schema_" in type(document).model_fields:
        value["schema"] = type(document).model_fields["schema_"].default
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"{text}\n".encode()


def sha256(data: bytes) -> str:
    """Give the SHA-256 by which a document is addressed."""
    return hashlib.sha256(data).hexdigest()
