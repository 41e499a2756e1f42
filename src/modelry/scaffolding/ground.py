"""The ground that a registry stands on: what DVC and git must be told before there is a version."""

from modelry.model import layout
from modelry.model.files import Files

IGNORED = """\
# Of a version, git keeps the facts; the bytes lie in the DVC remote. With this rule `dvc add`
# writes no .gitignore of its own beside a pointer. `?*`, since DVC takes `*` for the empty name as
# well, and would then see no version at all.
/registry/models/*/versions/*/?*
!/registry/models/*/versions/*/version.yaml
!/registry/models/*/versions/*/*.dvc
!/registry/models/*/versions/*/card.md
!/registry/models/*/versions/*/yanked.yaml
!/registry/models/*/versions/*/unyanked-*.yaml
!/registry/models/*/versions/*/evaluations/
/site/_build/
"""
"""The lines of `.gitignore` that no registry can do without."""


def files(remote: str, url: str) -> Files:
    """Give DVC's configuration, with one remote, and git's ignore rules; DVC tells nobody who uses it, or how."""
    location = url if "://" in url or url.startswith("/") else f"../{layout.ROOT}/{url}"
    config = f"[core]\n    analytics = false\n    check_update = false\n    remote = {remote}\n"
    config += f"['remote \"{remote}\"']\n    url = {location}\n"
    return {
        ".gitignore": IGNORED.encode(),
        ".dvc/config": config.encode(),
        ".dvc/.gitignore": b"/config.local\n/tmp\n/cache\n",
    }


def ignoring(existing: bytes) -> bytes:
    """Give a `.gitignore` with our rules in it; what was there stands first, as it was."""
    rules = {line for line in IGNORED.encode().splitlines() if not line.startswith(b"#")}
    if rules <= {*existing.splitlines()}:
        return existing
    return (existing.rstrip(b"\n") + b"\n\n" if existing else b"") + IGNORED.encode()
