"""The JSON API: static documents that answer what a server would, and a twin beside each page.

- `registry`, `models`, `lists`, `search` say it by what it is about; `openapi` describes it all.
"""

from collections.abc import Iterable

from modelry.catalog import activity, badges, canonical, documents, remotes
from modelry.catalog.api import lists, models, openapi, registry, search
from modelry.catalog.api.registry import counts
from modelry.catalog.api.search import day
from modelry.catalog.documents import (
    Activity,
    Address,
    CatalogDocument,
    Deployments,
    Facets,
    PagePointer,
    Shown,
    Snapshot,
    SnapshotModel,
)
from modelry.catalog.entries import Catalog, ModelEntry
from modelry.model import schema
from modelry.model.files import Files

__all__ = ["ROOT", "counts", "day", "files", "twins"]

ROOT = "api/v1"

Addresses = dict[str, dict[str, str]]
"""Where the documents of versions lie, by model and number."""


def files(catalog: Catalog) -> Files:
    """Give every document of the API, by its path in the site, and the twin of each version's page.

    Documents are canonical: keys sorted, no spaces, UTF-8, one LF at the end. Those whose name
    is a SHA-256 never change; `index.json` leads to them.
    """
    made: dict[str, bytes] = {}
    pages: dict[str, bytes] = {}
    addresses: Addresses = {}
    for model in catalog.models:
        addresses[model.name] = _versions(model, made, pages)
    snapshot = _snapshot(catalog, addresses)
    made |= snapshot
    ((path, whole),) = snapshot.items()
    address = Address(path=path, sha256=canonical.sha256(whole), size=len(whole))
    made["index.json"] = canonical.dump(registry.index(catalog, address))
    made |= _models(catalog, address.sha256, addresses)
    made |= _lists(catalog, address.sha256)
    made |= search.files(catalog)
    made |= badges.files(catalog)
    made |= _schemas()
    made["openapi.json"] = canonical.dump(openapi.of(catalog.policy))
    return {**{f"{ROOT}/{path}": data for path, data in made.items()}, **pages, **remotes.objects(catalog)}


def twins(pages: Iterable[str], told: Files) -> Files:
    """Give a document beside each page that has none yet: the same as the API's, or where to find what it says."""
    made: dict[str, bytes] = {}
    for page in pages:
        folder = page.removesuffix("index.md")
        same = f"{ROOT}/{folder.rstrip('/') or 'index'}.json"
        pointer = PagePointer(page=folder, documents=[f"{ROOT}/index.json", f"{ROOT}/catalog.json"])
        made[f"{folder}index.json"] = told.get(same) or canonical.dump(pointer)
    return {path: data for path, data in made.items() if path not in told}


def _versions(model: ModelEntry, made: dict[str, bytes], pages: dict[str, bytes]) -> dict[str, str]:
    addresses = {}
    for entry in model.versions:
        document = models.version_document(entry)
        data = canonical.dump(document)
        addresses[entry.number] = address = f"o/{canonical.sha256(data)}.json"
        made[address] = made[f"models/{model.name}/versions/{entry.number}.json"] = data
        page = models.version_page(model, entry, document, address)
        pages[f"models/{model.name}/{entry.number}/index.json"] = canonical.dump(page)
    return addresses


def _snapshot(catalog: Catalog, addresses: Addresses) -> Files:
    found: dict[str, SnapshotModel] = {
        model.name: models.snapshot_model(model, addresses[model.name]) for model in catalog.models
    }
    whole = canonical.dump(registry.page(catalog, Snapshot, models=found))
    return {f"s/{canonical.sha256(whole)}.json": whole}


def _models(catalog: Catalog, snapshot: str, addresses: Addresses) -> Files:
    made: dict[str, Shown] = {}
    for model in catalog.models:
        made[f"models/{model.name}.json"] = models.model_document(catalog, snapshot, model)
        for stage, hold in model.holds.items():
            address = addresses[model.name][hold.entry.number]
            path = f"models/{model.name}/stages/{stage}.json"
            made[path] = models.stage_document(catalog, snapshot, hold, address)
    for stage in catalog.stages:
        made[f"stages/{stage}.json"] = models.stage_list(catalog, snapshot, stage)
    return {path: canonical.dump(document) for path, document in made.items()}


def _lists(catalog: Catalog, snapshot: str) -> Files:
    rows = [lists.row(model) for model in catalog.models]
    events = [*map(activity.happening, catalog.moment.events)]
    made: dict[str, Shown] = {
        "catalog": registry.page(catalog, CatalogDocument, snapshot_sha256=snapshot, models=rows),
        "facets": registry.page(catalog, Facets, snapshot_sha256=snapshot, facets=lists.facets(catalog)),
        "activity": registry.page(catalog, Activity, snapshot_sha256=snapshot, events=events),
        "deployments": registry.page(
            catalog, Deployments, snapshot_sha256=snapshot, deployments=lists.running(catalog)
        ),
    }
    return {f"{name}.json": canonical.dump(document) for name, document in made.items()}


def _schemas() -> Files:
    made = {kind: schema.of(kind) for kind in schema.KINDS}
    made |= {kind: documents.schema(kind) for kind in documents.KINDS}
    told = {kind: canonical.dump(document) for kind, document in made.items()}
    return {f"schemas/{kind}/{name}.json": data for kind, data in told.items() for name in ("v1", "latest")}
