"""The whole registry as the catalog shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from modelry.catalog.entries.models import ModelEntry
from modelry.catalog.entries.versions import Wrong
from modelry.model.moment import Moment
from modelry.model.policy import Policy
from modelry.model.registry import Registry


@dataclass(frozen=True)
class Catalog:
    """All that the pages and the API are made from."""

    registry: Registry
    policy: Policy
    moment: Moment
    models: tuple[ModelEntry, ...]
    """By name."""

    @cached_property
    def named(self) -> Mapping[str, ModelEntry]:
        """The models by name."""
        return {model.name: model for model in self.models}

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The policy's stages in order."""
        return tuple(stage.name for stage in self.policy.stages)

    @cached_property
    def wrong(self) -> tuple[Wrong, ...]:
        """Everything that cannot be shown."""
        return tuple(
            wrong
            for model in self.models
            for wrong in (*model.wrong, *(w for v in model.versions for w in v.wrong))
        )
