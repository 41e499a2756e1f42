"""Where a repository is, read off the address that git pushes to or that policy names."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from modelry.git import GitError, Repository

# git@github.com:acme/models.git: what ssh takes; a path of this machine has a slash before its first colon.
_SCP = re.compile(r"^(?:[^@/:]+@)?(?P<host>[^@/:]+):(?!//)(?P<path>.+)$")


class Address(NamedTuple):
    """A repository on a server."""

    host: str
    """With its port, where the address names one."""
    path: str
    """OWNER/NAME, or deeper; without a slash at either end and without `.git`."""
    by_ssh: bool
    """Then the host may be an alias that only the user's own ssh knows."""

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.path.rpartition("/")[0]


def of(url: str) -> Address | None:
    """Read an address; None for a folder, and for what is no server's."""
    if (found := _SCP.match(url)) is not None:
        return Address(found["host"].lower(), _path(found["path"]), by_ssh=True)
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http", "ssh"} or not parts.hostname:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    return Address(host, _path(parts.path), by_ssh=parts.scheme == "ssh")


def origin(repository: Repository) -> Address | None:
    """Give where origin is, as it was set: an `insteadOf` of the user's says how to get there, not what it is."""
    try:
        return of(repository.run("config", "remote.origin.url").strip())
    except GitError:
        return None


def is_on(origin: Address, place: Address) -> bool:
    """Say whether origin is on the same server; by ssh its host may be an alias of the user's own."""
    if not origin.by_ssh:
        return origin.host == place.host
    host = origin.host.partition(":")[0].removeprefix("alt").removeprefix("ssh.")
    return "." not in host or host == place.host.partition(":")[0]


def said(words: Sequence[str], page: str) -> str | None:
    """Give the address below a repository's page in what a server said to whoever pushed; None where it named none."""
    parts = (part for line in words for part in line.split() if part.isprintable())
    return next((part for part in parts if part.startswith(f"{page}/")), None)


def _path(text: str) -> str:
    return text.strip("/").removesuffix(".git").rstrip("/")
