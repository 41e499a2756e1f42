"""A version as a deployment sees it: which one, under which names, and where its bytes can be had."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from modelry.errors import RegistryError, YankedError
from modelry.model import names
from modelry.model.documents import Artifact, ModelInfo, VersionRecord
from modelry.model.policy import Policy
from modelry.model.registry import Model, Registry, Version
from modelry.model.uris import Uri

Content = Mapping[str, Any]


class Markdown(NamedTuple):
    """A Markdown file with YAML before it."""

    front: Content
    body: str


Manifests = Mapping[str, str | Content | Markdown]
"""What a target makes, by path: text as it is, a document (YAML or, as the name ends, JSON), or Markdown."""

DOMAIN = "modelry.github.io"
"""What our Kubernetes annotations begin with: they belong to us, and to no registry."""


@dataclass(frozen=True)
class Options:
    """What a registry cannot know of a deployment."""

    namespace: str | None = None
    """The Kubernetes namespace; None leaves it to whoever applies the files."""
    image: str = "modelry:latest"
    """The container image in which `modelry` is installed."""
    materialized: str | None = None
    """Where versions lie by their names, such as `s3://models`; None where our own downloader fetches them."""


@dataclass(frozen=True)
class Choice:
    """A version that is to be deployed; its record is sound, and nobody withdrew it."""

    policy: Policy
    model: Model
    version: Version
    stage: str | None
    """The stage by which it was chosen; None for a version or the latest."""

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def number(self) -> str:
        """The version's number."""
        return self.version.number

    @property
    def info(self) -> ModelInfo:
        """What holds for all versions of the model."""
        return self.model.info.must

    @property
    def record(self) -> VersionRecord:
        """The version's record."""
        return self.version.record.must

    @property
    def artifact(self) -> Artifact:
        """Its bytes."""
        return self.record.artifact

    @property
    def uri(self) -> str:
        """The address that names it and its digest: `modelry://…/churn@1.2.0?sha256=…`."""
        return str(Uri(self.policy.url, self.version.label, self.artifact.sha256))

    def location(self, options: Options) -> str:
        """Say where a server loads it from: where it was materialized, or the address for our own downloader."""
        if options.materialized is None:
            return self.uri
        return f"{options.materialized.rstrip('/')}/{self.name}/{self.number}/"

    @property
    def page(self) -> str:
        """Its page in the catalog."""
        return f"{self.policy.url.rstrip('/')}/models/{self.name}/{self.number}/"

    @property
    def labels(self) -> Mapping[str, str]:
        """Labels for what runs it, by Kubernetes' own words and letters."""
        told = {
            "app.kubernetes.io/name": self.name,
            "app.kubernetes.io/version": _label(self.number),
            "app.kubernetes.io/part-of": _label(self.policy.id),
            "app.kubernetes.io/managed-by": "modelry",
        }
        return told | ({f"{DOMAIN}/stage": self.stage} if self.stage else {})

    @property
    def annotations(self) -> Mapping[str, str]:
        """What tells, of something that runs, which version it is and where it was decided."""
        told = {
            f"{DOMAIN}/version": self.version.label,
            f"{DOMAIN}/sha256": self.artifact.sha256,
            f"{DOMAIN}/page": self.page,
        }
        return told | ({f"{DOMAIN}/reason": self._reason} if self.stage else {})

    @property
    def _reason(self) -> str:
        assigned = self.model.stages[self.stage or ""].must
        return assigned.reason

    def metadata(self, options: Options, name: str | None = None) -> Content:
        """Give a Kubernetes object's `metadata`."""
        named = {"name": name or self.name} | ({"namespace": options.namespace} if options.namespace else {})
        return named | {"labels": self.labels, "annotations": self.annotations}


def choose(registry: Registry, reference: str, *, allow_yanked: bool = False) -> Choice:
    """Give what a reference means; raises `NotFoundError`, or `YankedError` for a version that was withdrawn."""
    wanted = names.reference(reference)
    found = registry.find(wanted)
    if found.yanked is not None and not allow_yanked:
        raise YankedError(
            f"{found.label} was withdrawn: {found.yanked.must.reason}", hint="deploy another version"
        )
    model = registry.model(wanted.model)
    if wanted.stage and model.stages[wanted.stage].must.sha256 != found.record.must.artifact.sha256:
        raise RegistryError(
            f"stage {wanted.stage} of {wanted.model} assigns other bytes than {found.label} has",
            hint="run `modelry check` in the registry",
        )
    return Choice(registry.policy.must, model, found, wanted.stage)


def single(choices: tuple[Choice, ...], target: str) -> Choice:
    """Give the one version of a target that describes one; raises `RegistryError` for several."""
    if len(choices) != 1:
        raise RegistryError(
            f"{target} describes one version, not {len(choices)}", hint="export them one after the other"
        )
    return choices[0]


def _label(text: str) -> str:
    """Give text as a Kubernetes label's value: at most 63 letters of a small alphabet, and a letter at both ends."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", text)[:63].strip("._-")
