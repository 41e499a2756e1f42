"""A registry as Python code meets it: what is in it, which bytes a reference means, and those bytes."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from os import PathLike
from pathlib import Path
from types import MappingProxyType

from modelry import client
from modelry.client import fields, folder, past, progress, pull, site, verification
from modelry.client.asking import ANYBODY, How
from modelry.client.fields import Fields
from modelry.client.resolution import Resolution
from modelry.errors import RegistryError
from modelry.storage import top as tops


@dataclass(frozen=True)
class Summary:
    """A model at a glance."""

    name: str
    """Its name, with which a reference begins."""
    title: str
    """What people call it."""
    task: str
    """What it is for."""
    latest: str | None
    """The version to take when none is named; None where there is none."""
    stages: Mapping[str, str]
    """Who holds its stages."""


@dataclass(frozen=True)
class Registry:
    """A registry: a clone's folder, or the address of a published catalog. It holds nothing that is read once only."""

    address: str
    """The folder or the address."""
    how: How = ANYBODY
    """Who may be asked."""
    pinned: str | None = None
    """What `at` pinned it to: a commit of the clone's, or a snapshot of the catalog's; None for what holds now."""

    def at(self, when: str | date) -> "Registry":
        """Give the registry as it was at the end of a day (in UTC), or at a time: who held which stage then.

        A clone answers from its history, a catalog from the snapshots that it keeps, which may be few: raises
        `NotFoundError` for a day that lies before them. Whether a version was withdrawn since still counts.
        """
        return replace(self, pinned=past.pin(self.address, when))

    def models(self) -> tuple[Summary, ...]:
        """Give every model, by name."""
        self._must_hear("which models there are is not kept")
        if self.pinned is not None:
            then = past.read(self.address, self.pinned).models
            return tuple(
                Summary(
                    name,
                    model.title,
                    model.task,
                    model.latest,
                    MappingProxyType(dict(sorted(model.stages.items()))),
                )
                for name, model in sorted(then.items())
            )
        if self._is_site:
            return tuple(_summary(row, row.text("model", fields.MODEL)) for row in site.models(self.address))
        top = tops.find(Path(self.address))
        return tuple(_summary(row, name) for name, row in folder.models(top))

    def resolve(self, reference: str, *, allow_yanked: bool = False) -> Resolution:
        """Say which bytes a reference means now, such as `churn@production`.

        Raises `NotFoundError` for what does not exist, `YankedError` for a withdrawn version, `IntegrityError` where
        the registry contradicts itself, `StaleError` for an older answer than was seen; all of them are `RegistryError`,
        with a `hint`. Where a catalog cannot be reached, its repository answers, or what was seen last, with a warning.
        """
        if self.pinned is not None:
            self._must_hear("what was then is not kept")
            return past.resolve(reference, self.address, self.pinned, allow_yanked=allow_yanked)
        found = client.resolve(reference, self.address, allow_yanked=allow_yanked, how=self.how)
        if found.warning is not None:
            warnings.warn(found.warning, stacklevel=2)
        return found

    def pull(
        self,
        reference: str | Resolution,
        destination: str | PathLike[str] | None = None,
        *,
        force: bool = False,
        allow_yanked: bool = False,
    ) -> Path:
        """Fetch a version's bytes, verified, and give where they lie: exactly there, whole, or not at all.

        The destination is as `modelry pull` takes it; without one it is the artifact's own name, here. Something else
        that lies there stays, and is an error, unless `force` says that it may go.
        """
        found = self._found(reference, allow_yanked=allow_yanked)
        target = pull.target(found, None if destination is None else str(destination))
        with progress.bar(found.label, found.size) as tick:
            means = client.means(found, self.address, offline=self.how.offline)
            return pull.pull(found, target, force=force, tick=tick, means=means).path

    def verify(self, path: str | PathLike[str], reference: str | Resolution) -> None:
        """Require that a file or folder is what a reference means; raises `IntegrityError` with what differs."""
        verification.verify(self._found(reference, allow_yanked=True), Path(path))

    def _found(self, reference: str | Resolution, *, allow_yanked: bool) -> Resolution:
        if isinstance(reference, Resolution):
            return reference
        return self.resolve(reference, allow_yanked=allow_yanked)

    def _must_hear(self, told: str) -> None:
        if self._is_site and self.how.offline:
            raise RegistryError(
                f"{told}, and nobody is asked offline", hint="ask for what was resolved here before"
            )

    @property
    def _is_site(self) -> bool:
        return "://" in self.address

    def _repr_html_(self) -> str:
        """Show its models as a table, in a notebook."""
        rows = "".join(
            f"<tr><td>{escape(each.name)}</td><td>{escape(each.title)}</td><td>{escape(each.latest or '')}</td>"
            f"<td>{escape(', '.join(f'{stage}: {number}' for stage, number in each.stages.items()))}</td></tr>"
            for each in self.models()
        )
        head = "".join(f"<th>{name}</th>" for name in ("model", "title", "latest", "stages"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _summary(row: Fields, name: str) -> Summary:
    stages = row.inside("stages")
    return Summary(
        name,
        row.text("title", fields.LINE),
        row.text("task", fields.SLUG),
        row.optional("latest", fields.VERSION),
        MappingProxyType({stage: stages.text(stage, fields.VERSION) for stage in sorted(stages.value)}),
    )
