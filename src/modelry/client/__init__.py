"""The consumer's side: which bytes a reference means, and fetching them. Needs neither DVC nor git.

- `resolution` is the answer to a reference; `folder` finds it in a clone, `site` in a published catalog. Of a catalog, `sources` says who
  answers: the site, else its repository (`upstream`), else what was `seen` of it last.
- `pull` fetches the bytes, `verification` compares them, `placement` puts them in place whole or not at all.
- `fields` reads what others wrote, `progress` shows a bar on the terminal.

What `resolve` needs imports neither pydantic nor a parser of anything but plain YAML, so it starts quickly.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from modelry.client.asking import ANYBODY, How
from modelry.client.resolution import Resolution
from modelry.errors import IntegrityError, NotFoundError, UsageError, YankedError
from modelry.model import names, uris
from modelry.storage import top as tops
from modelry.storage.access import Access, of_clone

if TYPE_CHECKING:
    from modelry.client.fetching import Means


def resolve(
    reference: str,
    registry: str | None = None,
    *,
    allow_yanked: bool = False,
    locked: Path | None = None,
    how: How = ANYBODY,
) -> Resolution:
    """Say which bytes a reference means now, by a registry's folder or the address of its catalog.

    Without a registry, it is found upward from the working folder; a `modelry://` address names its own. Raises
    `NotFoundError` for what does not exist, `IntegrityError` where the registry contradicts itself or the address,
    `YankedError` for a withdrawn version, `StaleError` for an answer that is older than one that was seen. With `locked`, a
    file that `modelry lock` wrote answers, and nobody else.
    """
    if locked is not None:
        from modelry.client import keeping, locking  # noqa: PLC0415 - only a lock needs to read one

        keeping.hold(locked)
        return locking.find(locked, reference)
    if uris.is_uri(reference):
        found = _pinned(uris.uri(reference), how)
    else:
        found = _resolve(reference, registry or ".", how)
    return found if allow_yanked else _unless_yanked(found)


def _unless_yanked(found: Resolution) -> Resolution:
    if found.yanked is not None:
        instead = f"take {found.model}@{found.replacement} instead, or " if found.replacement else ""
        raise YankedError(
            f"{found.label} was withdrawn: {found.yanked}",
            hint=f"{instead}add --allow-yanked to take it anyway",
        )
    return found


def means(
    resolution: Resolution,
    registry: str | None = None,
    *,
    offline: bool = False,
    keep: bool = True,
    link: bool = False,
) -> "Means":
    """Give by what a resolution's bytes are had here: with this user's logins and, unless nothing is to be kept, cache."""
    from modelry.client import cache, fetching  # noqa: PLC0415 - to resolve, no bytes are needed

    kept = cache.default(link=link) if keep else None
    return fetching.Means(_access(resolution, registry), kept, offline)


def _access(resolution: Resolution, registry: str | None) -> Access:
    """Give how its remotes let one in: in a clone as DVC is told there, for a catalog as the environment says."""
    if resolution.source != "folder" or "://" in (registry or ""):
        return Access()
    try:
        return of_clone(tops.find(Path(registry or ".")))
    except NotFoundError:  # what was locked in a clone may be pulled without one
        return Access()


def _pinned(asked: uris.Uri, how: How) -> Resolution:
    found = _resolve(asked.reference, asked.registry, how)
    if asked.sha256 not in {None, found.sha256}:
        raise IntegrityError(
            f"{asked.registry} says that {found.label} has sha256 {found.sha256}; the address says {asked.sha256}",
            hint="one of the two was altered: trust neither before you know which",
        )
    return found


def _resolve(reference: str, registry: str, how: How) -> Resolution:
    wanted = names.reference(reference)
    scheme, sign, _ = registry.partition("://")
    if not sign:
        from modelry.client import folder  # noqa: PLC0415 - a site needs no YAML, a folder no HTTP

        return folder.resolve(wanted, tops.find(Path(registry)))
    if scheme not in {"http", "https"}:
        raise UsageError(
            f"a registry is not read by {scheme}://",
            hint="name a folder, or an address with https:// or http://",
        )
    from modelry.client import sources  # noqa: PLC0415 - see above

    return sources.resolve(wanted, registry, how)
