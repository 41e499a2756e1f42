"""What an export made, as files: YAML, JSON, Markdown with YAML before it, or text as it is."""

import json
from collections.abc import Mapping

from modelry.exports.base import Manifests, Markdown
from modelry.model.files import Files
from modelry.storage import yaml


def files(made: Manifests) -> Files:
    """Give each path its bytes."""
    return {path: _text(path, content).encode() for path, content in made.items()}


def _text(path: str, content: str | Mapping[str, object] | Markdown) -> str:
    match content:
        case str():
            return content
        case Markdown():
            return f"---\n{yaml.dump(content.front)}---\n\n{content.body}"
        case _ if path.endswith(".json"):
            return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        case _:
            return yaml.dump(content)
