"""Who answers for a registry on the web: its site, else its repository, else what was seen of it last."""

import os
from typing import Any, NamedTuple

from modelry.client import seen, site
from modelry.client.asking import How
from modelry.client.fields import Fields
from modelry.client.resolution import Resolution
from modelry.client.site import Teller
from modelry.errors import Exit, RegistryError, StaleError
from modelry.model import names

_ANSWERS = {401, 403}
"""What a server says on purpose, and not for want of something."""


class _Told(NamedTuple):
    document: Fields
    by: Teller


def resolve(wanted: names.Reference, url: str, how: How) -> Resolution:
    """Say which bytes a reference means, by the first who can; what kept those before from it stands in `fallback`."""
    told = _told(wanted.model, url, how)
    return site.resolve(wanted, url, told.document, told.by)


def document(url: str, model: str) -> Fields:
    """Give what the site says of a model, or what it said last; git does not know all of it."""
    try:
        return _by_site(model, url)
    except RegistryError as fault:
        if not _is_fault(fault):
            raise
        kept = seen.answer(seen.name(url), model)
        if kept is None or kept.etag is None:
            raise
        return kept.document


def _told(model: str, url: str, how: How) -> _Told:
    if how.offline:
        return _by_memory(model, url, how, RegistryError("nobody is asked offline"))
    try:
        return _Told(_by_site(model, url), Teller())
    except RegistryError as fault:
        repository = _repository(url, how)
        if not _is_fault(fault) and not (isinstance(fault, StaleError) and repository and _is_ahead(url)):
            raise
        if repository is None:
            return _by_memory(model, url, how, fault)
        try:
            return _Told(_by_git(model, url, repository), Teller("git", 0, str(fault)))
        except RegistryError as second:
            if second.code != Exit.FAILED:
                raise
            both = RegistryError(f"{fault}; {second}", hint=fault.hint or second.hint)
            return _by_memory(model, url, how, both)


def _is_fault(error: RegistryError) -> bool:
    """Whether a site could not be heard; what it says, also that it says nothing to us, is an answer."""
    return error.code == Exit.FAILED and getattr(error.__cause__, "code", 0) not in _ANSWERS


def _is_ahead(url: str) -> bool:
    """Whether git showed more of the registry than its site: a site that was not built since then is behind, not wrong."""
    before = seen.moment(seen.name(url))
    return before is not None and before.by == "git"


def _repository(url: str, how: How) -> str | None:
    told = how.repository or os.environ.get("MODELRY_REPOSITORY")
    if told:
        return told
    before = seen.moment(seen.name(url))
    found = before.repository if before is not None else None
    # A site may name where git shall go, but not into this machine, and to no less safety.
    allowed = ("https://", "ssh://") if url.startswith("https:") else ("https://", "ssh://", "http://")
    return found if found is not None and found.startswith(allowed) else None


def _by_site(model: str, url: str) -> Fields:
    try:
        return _seen(model, url)
    except StaleError as stale:
        # Caches on the way show documents of different age after each publication.
        before = seen.moment(seen.name(url))
        try:
            return _seen(model, url, past=before.sequence if before is not None else 0)
        except RegistryError as still:
            raise (still if isinstance(still, StaleError) else stale) from still


def _seen(model: str, url: str, past: int | None = None) -> Fields:
    name = seen.name(url)
    kept = seen.answer(name, model)
    said = site.ask(url, model, kept.etag if kept is not None and past is None else None, past)
    if said is None:
        if kept is None:
            raise RegistryError(f"{name}: HTTP 304 to no question")
        found = kept.document
        seen.learn(name, seen.told(found))
        seen.confirm(name, model)
        return found
    _agrees(kept and kept.document, said.document, name)
    seen.learn(name, seen.told(said.document))
    seen.keep(name, model, said.etag, said.body)
    return said.document


def _agrees(before: Fields | None, after: Fields, name: str) -> None:
    """Require of two documents of one commit that they mean the same bytes; of how they are told, nothing."""
    if before is None or seen.told(before)[:3] != seen.told(after)[:3]:
        return
    if _meant(before) != _meant(after):
        raise StaleError(
            f"{name} shows {after.value.get('model')} in two ways as of commit {after.value.get('sequence')} on main",
            hint=f"its catalog was not built of that commit alone, now or before: ask who keeps it; if it is meant: modelry cache forget {name}",
        )


def _meant(document: Fields) -> Any:  # noqa: ANN401 - only ever compared
    def each(key: str) -> dict[str, Fields]:
        of = document.inside(key)
        return {name: of.inside(name) for name in of.value}

    versions = {
        number: (version.inside("artifact").value.get("sha256"), version.value.get("yanked") is None)
        for number, version in each("versions").items()
    }
    stages = {stage: held.value.get("version") for stage, held in each("stages").items()}
    return document.value.get("latest"), stages, versions


def _by_git(model: str, url: str, repository: str) -> Fields:
    from modelry.client import upstream  # noqa: PLC0415 - only where a site fails

    return upstream.fetched(model, seen.name(url), repository)


def _by_memory(model: str, url: str, how: How, fault: RegistryError) -> _Told:
    kept = seen.answer(seen.name(url), model)
    if kept is None:
        told = f"{fault}, and nothing of {model} was seen there before" if how.offline else str(fault)
        raise RegistryError(told, hint=fault.hint or "ask once where somebody can answer") from fault
    if how.max_age is not None and kept.age > how.max_age:
        raise StaleError(
            f"{fault}; what was seen of {model} last is {kept.age} s old, and at most {how.max_age:g} s were asked for",
            hint="ask again where somebody can answer, or take what is older with --max-age",
        ) from fault
    return _Told(kept.document, Teller("cache", kept.age, str(fault)))
