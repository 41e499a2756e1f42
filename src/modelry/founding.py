"""How a registry begins in a folder that may hold anything already, and how newer files come to one that has begun."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from modelry import __version__, scaffolding
from modelry.errors import ConflictError, UsageError
from modelry.forges import addresses
from modelry.git import Repository
from modelry.model import layout, scaffold, schema
from modelry.model.files import Files
from modelry.model.policy import Policy
from modelry.model.scaffold import Answers, Forge
from modelry.scaffolding import ground
from modelry.storage import documents, facts, folders, yaml

_IGNORE = ".gitignore"
_HERE = "http://127.0.0.1:8000"
"""Where a catalog is that nobody publishes: `modelry serve` shows it there."""


@dataclass(frozen=True)
class Beginning:
    """What a registry begins with in a folder."""

    answers: Answers
    why: str
    """Why this forge."""
    new: Files
    """What is not there yet."""
    changed: Files
    """What is there, and needs lines of ours."""
    left: Sequence[str]
    """What is there, and stays as it is."""
    steps: Sequence[str]
    """What is left to do, numbered."""


def begin(top: Path, asked: Mapping[str, Any]) -> Beginning:
    """Say what would begin a registry in `top`, writing nothing; `asked` are answers that were given.

    Raises `ConflictError` where `modelry init` has been, and `UsageError` for answers that cannot be.
    """
    if (top / scaffold.PATH).exists():
        raise ConflictError(
            f"{top / scaffold.PATH} is there already", hint="to bring newer files: modelry init --update"
        )
    has_git = _has_git(top)
    answers, why = _answers(top, asked, has_git=has_git)
    made = scaffolding.files(answers)
    new = {path: data for path, data in made.items() if not (top / path).exists()}
    changed = {}
    if _IGNORE not in new:
        before = (top / _IGNORE).read_bytes()
        changed = {} if (after := ground.ignoring(before)) == before else {_IGNORE: after}
    left = [path for path in made if path not in new and path not in changed]
    new[scaffold.PATH] = remembered(answers, {path: made[path] for path in new})
    has_origin = has_git and Repository(top).has_origin
    steps = scaffolding.steps(answers, has_git=has_git, has_origin=has_origin)
    return Beginning(answers, why, new, changed, left, steps)


def write(beginning: Beginning, top: Path) -> None:
    """Write it: all of it, or nothing."""
    folders.add(beginning.new, top, beginning.changed)


def remembered(answers: Answers, made: Files, before: Mapping[str, str] | None = None) -> bytes:
    """Give `.modelry.yaml`: the answers, and git's ids of the files as they came from here."""
    ids = {**(before or {}), **{path: folders.blob_id(data) for path, data in made.items()}}
    told = {
        "schema": "scaffold/v1",
        "answers": answers.model_dump(mode="json", exclude_defaults=True),
        "files": dict(sorted(ids.items())),
    }
    return (schema.header("scaffold") + yaml.dump(told)).encode()


def _has_git(top: Path) -> bool:
    """Say whether `top` is a repository's; raises `UsageError` for a folder inside of one."""
    folder = next(each for each in (top, *top.parents) if each.is_dir())
    repository = Repository(folder)
    if not repository.succeeds("rev-parse", "--git-dir"):
        return False
    if repository.is_bare or repository.top.resolve() != top.resolve():
        raise UsageError(
            f"{top} is inside the repository {repository.top}",
            hint=f"a registry lies at the top of its repository: modelry init {repository.top}",
        )
    return True


def _answers(top: Path, asked: Mapping[str, Any], *, has_git: bool) -> tuple[Answers, str]:
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
    return answers({**supposed, **given, "forge": forge}), why


def answers(told: Mapping[str, Any]) -> Answers:
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
