"""modelry: a git repository as a model registry."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from modelry.client.registry import Registry

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(registry: "str | PathLike[str]" = ".", *, offline: bool = False) -> "Registry":  # noqa: A001 - `modelry.open(…)`, as one opens anything
    """Give a registry: a clone's folder, or one below it, or the address of a published catalog.

        registry = modelry.open("https://acme.github.io/models")
        path = registry.pull("churn@production")

    Nothing is read before it is asked for; `offline`, nobody is asked at all: what was seen and fetched before has to do.
    """
    from modelry.client.asking import How  # noqa: PLC0415 - a command that needs none should not wait
    from modelry.client.registry import Registry  # noqa: PLC0415 - the same

    return Registry(str(registry), How(offline))
