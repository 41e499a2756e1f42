"""The JSON API: static documents that answer what a server would.

- `registry`, `models`, `lists` say it by what it is about; `canonical` gives a document's bytes.
"""

from modelry.catalog import activity, badges, documents, remotes
from modelry.catalog.api import lists, models, registry
from modelry.catalog.api.canonical import dump, sha256
from modelry.catalog.api.registry import counts
from modelry.catalog.documents import Activity, Address, CatalogDocument, Facets, Snapshot, SnapshotModel
from modelry.catalog.entries import Catalog
from modelry.model import schema
from modelry.model.files import Files

__all__ = ["ROOT", "counts", "dump", "files"]

ROOT = "api/v1"


def files(catalog: Catalog) -> Files:
    """Give every document of the API, by its path in the site.

    Documents are canonical: keys sorted, no spaces, UTF-8, one LF at the end. Those whose name
    is a SHA-256 never change; `index.json` leads to them.
    """
    made: dict[str, bytes] = {}
    snapshot: dict[str, SnapshotModel] = {}
    for model in catalog.models:
        addresses = {}
        for entry in model.versions:
            data = dump(models.version_document(entry))
            addresses[entry.number] = f"o/{sha256(data)}.json"
            made[addresses[entry.number]] = made[f"models/{model.name}/versions/{entry.number}.json"] = data
        snapshot[model.name] = models.snapshot_model(model, addresses)
        made[f"models/{model.name}.json"] = dump(models.model_document(catalog, model))
        for stage, hold in model.holds.items():
            document = models.stage_document(catalog, model, hold, addresses[hold.entry.number])
            made[f"models/{model.name}/stages/{stage}.json"] = dump(document)
    whole = dump(registry.page(catalog, Snapshot, models=snapshot))
    address = Address(path=f"s/{sha256(whole)}.json", sha256=sha256(whole), size=len(whole))
    made[address.path] = whole
    made["index.json"] = dump(registry.index(catalog, address))
    rows = [lists.row(model) for model in catalog.models]
    made["catalog.json"] = dump(registry.page(catalog, CatalogDocument, models=rows))
    made["facets.json"] = dump(registry.page(catalog, Facets, facets=lists.facets(catalog)))
    made["activity.json"] = dump(
        registry.page(catalog, Activity, events=[*map(activity.happening, catalog.moment.events)])
    )
    made |= badges.files(catalog)
    made |= _schemas()
    return {**{f"{ROOT}/{path}": data for path, data in made.items()}, **remotes.objects(catalog)}


def _schemas() -> dict[str, bytes]:
    made = {kind: schema.of(kind) for kind in schema.KINDS}
    made |= {kind: documents.schema(kind) for kind in documents.KINDS}
    return {f"schemas/{kind}/v1.json": dump(document) for kind, document in made.items()}
