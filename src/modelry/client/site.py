"""A registry on the web: a reference is answered from one document of a published catalog."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from modelry.client import fields, missing
from modelry.client.fields import Fields
from modelry.client.resolution import Resolution, agree, artifact
from modelry.errors import RegistryError
from modelry.model import names
from modelry.storage import remotes

_LARGEST = 8 << 20


def resolve(wanted: names.Reference, url: str) -> Resolution:
    """Answer a reference from the catalog that is published at a URL."""
    api = _api(url)
    return _answer(wanted, api, _document(api, wanted.model))


def poll(wanted: names.Reference, url: str, etag: str | None) -> tuple[Resolution | None, str | None]:
    """Answer a reference anew, and what the server calls its answer; None where it is what it called it before."""
    from modelry.storage import web  # noqa: PLC0415 - it is asked once by most

    api = _api(url)
    where = f"{api}models/{wanted.model}.json"
    headers = {"If-None-Match": etag} if etag else {}
    try:
        body = web.Download(where, lambda at: web.request(where, at, headers=headers, also=304))
    except remotes.AbsentError as absent:
        raise _no_model(api, wanted.model) from absent
    try:
        if body.status == 304:  # noqa: PLR2004 - Not Modified
            return None, etag
        document = _model(_parsed(body, where), wanted.model)
        return _answer(wanted, api, document), body.headers.get("ETag")
    finally:
        body.close()


def _answer(wanted: names.Reference, api: str, document: Fields) -> Resolution:
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
        addresses=_addresses(document, api, md5),
        commit=document.text("commit", fields.COMMIT),
        sequence=document.count("sequence"),
        source="site",
        yanked=yank.text("reason", fields.LINE) if yank else None,
        replacement=yank.optional("replacement", fields.VERSION) if yank else None,
    )


def models(url: str) -> Iterator[Fields]:
    """Give a row for each model of the catalog that is published at a URL."""
    api = _api(url)
    try:
        document = _get(f"{api}catalog.json")
    except remotes.AbsentError as absent:
        raise _no_registry(api) from absent
    document.exactly("schema", "catalog/v1")
    return document.each("models")


def _api(url: str) -> str:
    return f"{url.partition('?')[0].partition('#')[0].rstrip('/')}/api/v1/"


def model(url: str, name: str) -> Fields:
    """Give the document of a model of the catalog that is published at a URL."""
    return _document(_api(url), name)


def _document(api: str, model: str) -> Fields:
    try:
        document = _get(f"{api}models/{model}.json")
    except remotes.AbsentError as absent:
        raise _no_model(api, model) from absent
    return _model(document, model)


def _model(document: Fields, model: str) -> Fields:
    document.exactly("schema", "model-document/v1")
    document.exactly("model", model)
    return document


def _no_model(api: str, model: str) -> RegistryError:
    """Tell a registry without the model from a place that is no registry."""
    try:
        _get(f"{api}index.json").exactly("schema", "index/v1")
    except remotes.AbsentError:
        return _no_registry(api)
    known: list[str] = []
    with suppress(RegistryError):  # they are only for the hint
        known += [row.text("model", fields.MODEL) for row in _get(f"{api}catalog.json").each("models")]
    return missing.model(model, known)


def _no_registry(api: str) -> RegistryError:
    site = remotes.shown(api.removesuffix("api/v1/"))
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
    urls = [remote.text("url", fields.URL) for remote in document.each("remotes")]
    # A folder keeps its path; everything else is seen from where the document lies.
    found = (url if url.startswith("/") or "://" in url else urljoin(api, url) for url in urls)
    return tuple(remotes.address(url.rstrip("/"), md5) for url in dict.fromkeys(found))


def _get(url: str) -> Fields:
    """Fetch a JSON object; raises `AbsentError` where there is none, `RegistryError` where it is something else."""
    with remotes.open_object(url) as body:
        return _parsed(body, url)


def _parsed(body: remotes.Body, url: str) -> Fields:
    where = remotes.shown(url)
    data = bytearray()
    while chunk := body.read(_LARGEST + 1 - len(data)):
        data += chunk
        if len(data) > _LARGEST:
            raise RegistryError(f"{where}: the answer has more than {_LARGEST >> 20} MiB")
    try:
        value: Any = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise RegistryError(
            f"{where}: the answer is not JSON but begins with {bytes(data[:40])!r}",
            hint="is the address right, and does this network demand a login first?",
        ) from error
    return Fields(value, where)
