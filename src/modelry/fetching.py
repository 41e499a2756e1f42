"""Fetching: an artifact that is named by its public address is downloaded, once, to be registered."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from modelry.errors import RefusedError, UsageError
from modelry.git import Repository
from modelry.model import addresses, names
from modelry.model.policy import Policy
from modelry.storage import folders
from modelry.storage.sources import Sources, Tick

Bar = Callable[[str, int], AbstractContextManager[Tick]]
"""Shows how far the download of so many bytes is."""


class Brought(NamedTuple):
    """An artifact on this machine."""

    path: Path
    url: str | None
    """Where anybody can download it, if that was said."""
    is_fetched: bool
    """Whether it came from there just now."""


@contextmanager
def brought(
    artifact: str,
    source: str | None,
    name: str | None,
    size: int | None,
    repository: Repository,
    policy: Policy,
    bar: Bar,
) -> Iterator[Brought]:
    """Give an artifact that is named by a path or by an address; what was downloaded is gone when the block ends.

    `size` is how many bytes somebody said that there are: no more are downloaded. Raises `RefusedError` for an address that
    policy does not allow, and as `Sources.download`.
    """
    if "://" not in artifact:
        if name is not None:
            raise UsageError("--path names what is downloaded, and a file has its name", hint="leave it out")
        yield Brought(Path(artifact), source, is_fetched=False)
        return
    if source is not None:
        raise UsageError("the artifact is named by its address already", hint="leave --source out")
    if policy.sources is None:
        raise RefusedError(
            "policy allows no public sources",
            hint="register a file or a folder, or propose `sources` in registry.yaml",
        )
    called = name or _name(artifact)
    most = min(policy.sources.artifact_size, policy.sources.artifact_size if size is None else size)
    with folders.own(repository.common / "modelry", "fetch-") as work, bar(called, most) as tick:
        Sources(policy.sources.hosts, tick).download(artifact, most, work / called)
        yield Brought(work / called, artifact, is_fetched=True)


def _name(url: str) -> str:
    """Give the file name at the end of an address."""
    address = addresses.parse(url)
    name = address.target.partition("?")[0].rpartition("/")[2] if address is not None else "file"
    if not names.is_file(name):
        raise UsageError(f"{url} ends in no name for a file", hint="say what to call it: --path model.onnx")
    return name
