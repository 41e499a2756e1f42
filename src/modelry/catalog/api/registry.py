"""What the API says of the registry as a whole."""

from typing import Any, TypeVar

from modelry.catalog import numbers
from modelry.catalog.documents import Address, Counts, Index, Page
from modelry.catalog.entries import Catalog

P = TypeVar("P", bound=Page)


def counts(catalog: Catalog) -> Counts:
    """Say how much there is."""
    entries = [entry for model in catalog.models for entry in model.versions]
    return Counts(
        models=len(catalog.models),
        versions=len(entries),
        yanked=sum(entry.yank is not None for entry in entries),
        bytes=sum(entry.record.artifact.size for entry in entries),
        faults=len(catalog.wrong),
    )


def page(catalog: Catalog, type_: type[P], **fields: Any) -> P:  # noqa: ANN401 - pydantic checks them
    """Give a document that says which moment it shows."""
    moment = catalog.moment
    return type_(
        registry=catalog.policy.id,
        sequence=moment.sequence,
        commit=moment.commit,
        generated_at=numbers.stamp(moment.when),
        **fields,
    )


def index(catalog: Catalog, snapshot: Address) -> Index:
    """Give where a client begins."""
    policy = catalog.policy
    return page(
        catalog,
        Index,
        title=policy.title,
        url=policy.url,
        repository=policy.repository,
        snapshot=snapshot,
        counts=counts(catalog),
    )
