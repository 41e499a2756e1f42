"""The first policy: what a team wants on its first day, with comments that tell what to change on the second."""

import json
import re
from importlib import resources
from string import Template

from modelry.model.scaffold import Answers
from modelry.model.schema import header

_PLAIN = re.compile(r"[a-z]{2,9}://[\w./:@+=%~-]+|[A-Za-z][A-Za-z0-9 -]{4,}[A-Za-z0-9]")
"""Text that no reader of YAML takes for anything else: an address, or words too long for yes, null and their like."""
_INSIDE, _OUTSIDE = 50_000_000, 5_000_000_000
"""Bytes of the largest artifact: forges refuse files of 100 MB, and a remote has room."""


def text(answers: Answers) -> str:
    """Give `registry.yaml`."""
    template = (resources.files("modelry.scaffolding") / "made/registry.yaml").read_text("utf-8")
    return header("registry") + Template(template).substitute(
        id=_scalar(answers.id),
        title=_scalar(answers.title),
        url=_scalar(answers.url),
        repository=_scalar(answers.repository),
        # What has no address yet, or is no forge that has files of its own, may still be told by its address.
        forge=("" if answers.has_address and answers.forge != "local" else "# ") + f"forge: {answers.forge}",
        remote=_scalar(answers.remote),
        limit=_INSIDE if answers.is_inside else _OUTSIDE,
    )


def _scalar(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
