"""A registry on the web: what its published catalog says of a model, and what that makes of a reference."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin

from modelry.client import fields, missing
from modelry.client.fields import Fields
from modelry.client.resolution import Resolution, Source, agree, artifact
from modelry.errors import RegistryError
from modelry.model import names
from modelry.storage import bodies, logins, web

PATIENCE = 5.0
"""Seconds that a catalog may be silent; whoever else knows is asked then."""

_ATTEMPTS = 2
_LARGEST = 8 << 20
_LARGEST_SNAPSHOT = 64 << 20
_NOT_MODIFIED = 304


class Said(NamedTuple):
    """A document as a server gave it."""

    document: Fields
    body: bytes
    etag: str | None
    """What the server calls it."""


class Teller(NamedTuple):
    """Who told a document, and how well that can be relied on."""

    source: Source = "site"
    age: int = 0
    why: str | None = None
    """Why it was not the site."""


_SITE = Teller()


def ask(url: str, model: str, etag: str | None = None, past: int | None = None) -> Said | None:
    """Ask for a model's document; None where it is still what the server called it before.

    With `past`, caches on the way are asked to look again: they have shown something older than that. Raises
    `NotFoundError` where the registry has no such model.
    """
    where = f"{_api(url)}models/{quote(model)}.json"
    if past is not None:
        where += f"?newer-than={past}"
    told = {"If-None-Match": etag} if etag else {}
    try:
        said = _get(where, told | ({"Cache-Control": "no-cache"} if past is not None else {}))
    except bodies.AbsentError as absent:
        raise _no_model(_api(url), model) from absent
    if said is not None:
        is_of(model, said.document)
    return said


def is_of(model: str, document: Fields) -> None:
    """Require that a document is a model's."""
    document.exactly("schema", "model-document/v1")
    document.exactly("model", model)


def resolve(wanted: names.Reference, url: str, document: Fields, by: Teller = _SITE) -> Resolution:
    """Answer a reference from its model's document."""
    number, assigned = _number(wanted, document)
    versions = document.inside("versions")
    if number not in versions.value:
        raise missing.version(wanted.model, number, versions.value)
    version = versions.inside(number)
    recorded = artifact(version.inside("artifact"))
    if assigned is not None and wanted.stage:
        agree(assigned.text("sha256", fields.SHA256), recorded, wanted.stage, f"{wanted.model}@{number}")
    md5 = version.text("md5", fields.OBJECT)
    yank = None if version.value.get("yanked") is None else version.inside("yanked")
    return Resolution(
        reference=str(wanted),
        registry=document.text("registry", fields.SLUG),
        model=wanted.model,
        version=number,
        stage=wanted.stage,
        **recorded._asdict(),
        md5=md5,
        addresses=_addresses(document, _api(url), md5),
        commit=document.text("commit", fields.COMMIT),
        sequence=document.count("sequence"),
        source=by.source,
        age=by.age,
        fallback=by.why,
        yanked=yank.text("reason", fields.LINE) if yank else None,
        replacement=yank.optional("replacement", fields.VERSION) if yank else None,
    )


def models(url: str) -> Iterator[Fields]:
    """Give a row for each model of the catalog that is published at a URL."""
    api = _api(url)
    try:
        document = _must(f"{api}catalog.json")
    except bodies.AbsentError as absent:
        raise _no_registry(api) from absent
    document.exactly("schema", "catalog/v1")
    return document.each("models")


def document(url: str, path: str) -> Said:
    """Fetch a document, by its path in the API of the catalog that is published at a URL.

    Raises `AbsentError` where there is none.
    """
    said = _get(f"{_api(url)}{path}", {}, _LARGEST_SNAPSHOT)
    if said is None:
        raise _unasked(path)
    return said


def _api(url: str) -> str:
    return f"{url.partition('?')[0].partition('#')[0].rstrip('/')}/api/v1/"


def _no_model(api: str, model: str) -> RegistryError:
    """Tell a registry without the model from a place that is no registry."""
    try:
        _must(f"{api}index.json").exactly("schema", "index/v1")
    except bodies.AbsentError:
        return _no_registry(api)
    known: list[str] = []
    with suppress(RegistryError):  # they are only for the hint
        known += [row.text("model", fields.MODEL) for row in _must(f"{api}catalog.json").each("models")]
    return missing.model(model, known)


def _no_registry(api: str) -> RegistryError:
    site = bodies.shown(api.removesuffix("api/v1/"))
    return RegistryError(f"{site} is no modelry registry: it has no api/v1/index.json")


def _number(wanted: names.Reference, document: Fields) -> tuple[str, Fields | None]:
    """Give the version that is meant, and the assignment if it was named by a stage."""
    if wanted.version:
        return wanted.version, None
    if wanted.stage:
        stages = document.inside("stages")
        if wanted.stage not in stages.value:
            raise missing.holder(wanted.model, wanted.stage, stages.value)
        assigned = stages.inside(wanted.stage)
        return assigned.text("version", fields.VERSION), assigned
    latest = document.optional("latest", fields.VERSION)
    if latest is None:
        raise missing.latest(wanted.model)
    return latest, None


def _addresses(document: Fields, api: str, md5: str) -> tuple[str, ...]:
    from modelry.storage import remotes  # noqa: PLC0415 - after an answer, not before

    urls = [remote.text("url", fields.URL) for remote in document.each("remotes")]
    # A folder keeps its path; everything else is seen from where the document lies.
    found = (url if url.startswith("/") or "://" in url else urljoin(api, url) for url in urls)
    return tuple(remotes.address(url.rstrip("/"), md5) for url in dict.fromkeys(found))


def _must(url: str) -> Fields:
    said = _get(url, {})
    if said is None:
        raise _unasked(url)
    return said.document


def _unasked(url: str) -> RegistryError:
    return RegistryError(f"{bodies.shown(url)}: HTTP {_NOT_MODIFIED} to no question")


def _get(url: str, headers: Mapping[str, str], largest: int = _LARGEST) -> Said | None:
    """Fetch a JSON object; None where the server says that it is what it was.

    Raises `AbsentError` where there is none, `RegistryError` where it is something else.
    """
    login = logins.login(url, {})
    manner = web.Manner(_NOT_MODIFIED if "If-None-Match" in headers else 200, PATIENCE)

    def request(at: int) -> Any:  # noqa: ANN401 - whatever `web` makes of it
        try:
            return web.request(url, at, login, headers, manner=manner)
        except TimeoutError as error:  # who said nothing for so long is not waited for again
            raise RegistryError(f"{bodies.shown(url)}: no answer for {PATIENCE:g} s") from error

    body = web.Download(url, request, _ATTEMPTS)
    try:
        if body.status == _NOT_MODIFIED:
            return None
        data = _whole(body, url, largest)
        return Said(_parsed(data, bodies.shown(url)), data, body.headers.get("ETag"))
    finally:
        body.close()


def _whole(body: bodies.Body, url: str, largest: int) -> bytes:
    data, began = bytearray(), time.monotonic()
    while chunk := body.read(largest + 1 - len(data)):
        data += chunk
        # Who never falls silent, and never comes to an end, is not waited for either.
        if time.monotonic() - began > 2 * PATIENCE + len(data) / web.SLOWEST:
            raise RegistryError(f"{bodies.shown(url)}: the server is too slow: {len(data):,} bytes until now")
        if len(data) > largest:
            raise RegistryError(f"{bodies.shown(url)}: the answer has more than {largest >> 20} MiB")
    return bytes(data)


def _parsed(data: bytes, where: str) -> Fields:
    try:
        value: Any = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise RegistryError(
            f"{where}: the answer is not JSON but begins with {data[:40]!r}",
            hint="is the address right, and does this network demand a login first?",
        ) from error
    return Fields(value, where)
