"""The registry as the catalog shows it: what is sound, put in order, and what is wrong with the rest."""

from modelry.catalog.entries.models import Hold, ModelEntry, gated
from modelry.catalog.entries.registry import Catalog
from modelry.catalog.entries.versions import Edition, VersionEntry, Wrong, edition

__all__ = ["Catalog", "Edition", "Hold", "ModelEntry", "VersionEntry", "Wrong", "edition", "gated"]
