"""How a server wants a version to lie in a folder, from what a reference means alone."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from modelry.exports import mlserver, triton


class Meant(Protocol):
    """What a reference means, as far as a layout needs it."""

    @property
    def model(self) -> str:
        """The model's name."""

    @property
    def version(self) -> str:
        """The version's number."""

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""

    @property
    def path(self) -> str:
        """The bare name of its file or folder."""

    @property
    def format(self) -> str:
        """How it is serialized."""


@dataclass(frozen=True)
class Laid:
    """Where the bytes go, and what lies beside them."""

    artifact: str
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def _plain(of: Meant, count: int) -> Laid:  # noqa: ARG001 - as every layout is called
    return Laid(of.path)


def _triton(of: Meant, count: int) -> Laid:  # noqa: ARG001
    return Laid(f"{of.model}/1/{triton.backend(of.format, f'{of.model}@{of.version}')[1]}")


def _tfserving(of: Meant, count: int) -> Laid:
    """TensorFlow Serving takes the highest number that it finds, so each version that comes has a higher one."""
    return Laid(f"{of.model}/{count}")


def _mlserver(of: Meant, count: int) -> Laid:  # noqa: ARG001
    made = mlserver.described(of.model, of.version, of.format, of.path, {"sha256": of.sha256})
    texts = {
        path: content if isinstance(content, str) else json.dumps(content, indent=2) + "\n"
        for path, content in made.items()
    }
    return Laid(f"{of.model}/{of.path}", texts)


LAYOUTS: Mapping[str, Callable[[Meant, int], Laid]] = {
    "plain": _plain,
    "mlserver": _mlserver,
    "triton": _triton,
    "tfserving": _tfserving,
}
"""Every layout, by the name that `modelry sync --layout` knows; the number counts the versions that came."""
