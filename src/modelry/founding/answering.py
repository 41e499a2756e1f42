"""The answers that a registry begins with: those that were given, and the others from what is there."""

import json
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from modelry import __version__
from modelry.forges import addresses
from modelry.git import Repository
from modelry.model import layout
from modelry.model.policy import Policy
from modelry.model.scaffold import Answers, Forge
from modelry.storage import documents, facts, folders

_HERE = "http://127.0.0.1:8000"
"""Where a catalog is that nobody publishes: `modelry serve` shows it there."""


def of(top: Path, asked: Mapping[str, Any], *, has_git: bool) -> tuple[Answers, str]:
    """Give the answers, those that were not given from what is there: policy, origin, the folder's name."""
    origin = addresses.origin(Repository(top)) if has_git else None
    forge, why = _forge(asked.get("forge"), origin)
    name = re.sub(r"[^a-z0-9.-]+", "-", (origin.path.rpartition("/")[2] if origin else top.name).lower())
    repository = f"https://{origin.host}/{origin.path}" if origin else "http://127.0.0.1"
    supposed = {
        "id": name.strip("-.") or "models",
        "title": "Our models",
        "url": _pages(forge, origin) or _HERE,
        "repository": repository,
        "remote": ".artifacts",
        "tool": _tool(),
        **_told_by_policy(top),
    }
    given = {name: value for name, value in asked.items() if value and name != "forge"}
    return hold({**supposed, **given, "forge": forge}), why


def hold(told: Mapping[str, Any]) -> Answers:
    """Give answers out of what was told; raises `UsageError`."""
    return facts.hold(told, Answers, "what was told")


def _forge(asked: Forge | None, origin: addresses.Address | None) -> tuple[Forge, str]:
    if asked is not None:
        return asked, "as you said"
    if origin is None:
        return "local", "there is no origin on a server; --forge github or gitlab writes CI files"
    for forge in ("github", "gitlab"):
        if forge in origin.host:
            return forge, f"origin is on {origin.host}"
    return "local", f"nothing tells what {origin.host} is; --forge github or gitlab writes CI files"


def _pages(forge: Forge, origin: addresses.Address | None) -> str | None:
    """Give the address under which a forge publishes a repository's pages, where one can know it."""
    hosts = {("github", "github.com"): "github.io", ("gitlab", "gitlab.com"): "gitlab.io"}
    host = hosts.get((forge, origin.host)) if origin else None
    if host is None or origin is None:
        return None
    owner, _, rest = origin.path.lower().partition("/")
    return f"https://{owner}.{host}" + (
        "" if rest == f"{owner}.{host}" else f"/{origin.path.partition('/')[2]}"
    )


def _told_by_policy(top: Path) -> Mapping[str, str]:
    """Give the answers that a policy which is there gives."""
    if not (top / layout.POLICY).is_file():
        return {}
    policy = documents.load(folders.tree(top), layout.POLICY, Policy).must
    first = next(iter(policy.remotes.values()))
    said = {name: getattr(policy, name) for name in ("id", "title", "url", "repository")}
    return {**said, "remote": first.url}


def _tool() -> str:
    """Give what this very modelry can be installed from again, as far as its installation tells."""
    told = json.loads(metadata.distribution("modelry").read_text("direct_url.json") or "{}")
    if (commit := told.get("vcs_info", {}).get("commit_id")) is not None:
        return f"modelry @ git+{told['url']}@{commit}"
    if (digest := told.get("archive_info", {}).get("hashes", {}).get("sha256")) and "://" in told["url"]:
        return f"modelry @ {told['url']} --hash=sha256:{digest}"
    return f"modelry=={__version__}"
