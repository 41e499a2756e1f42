"""What `modelry init` was told and what it wrote, remembered in `.modelry.yaml` so that it can be brought up to date."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modelry.model.fields import Line, Part, Several, Slug, WebUrl
from modelry.model.policy import RemoteUrl

PATH = ".modelry.yaml"
"""Where it lies, at the top of the repository."""

LOOPBACK = "http://127."
"""How the addresses begin of what nobody else can reach."""

Forge = Literal["github", "gitlab", "local"]
"""Where a registry's pull requests live; local is plain git."""

_ACCOUNT = r"@[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9_./-]+)?"
_ADDRESS = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
Owner = Annotated[str, StringConstraints(pattern=rf"^({_ACCOUNT}|{_ADDRESS})$", max_length=100)]
"""Somebody whom a forge knows: an account (`@alice`), a team (`@acme/risk`) or an address."""

BlobId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


class Answers(Part):
    """What was asked when a registry began; who updates it is not asked again."""

    forge: Forge
    """Where its pull requests live."""
    id: Slug
    """The registry's identity."""
    title: Line
    """What people call it."""
    url: WebUrl
    """Where its catalog is published."""
    repository: WebUrl
    """Where its pull requests are."""
    remote: RemoteUrl
    """The DVC remote for artifacts."""
    owners: Several[Owner] = ()
    """Who answers for the registry itself: its policy, its workflows, and models that are new."""
    tool: Line
    """What CI installs modelry from, as pip understands it."""

    @property
    def is_inside(self) -> bool:
        """Whether artifacts lie in the repository itself."""
        return "://" not in self.remote and not self.remote.startswith(("/", ".."))

    @property
    def has_address(self) -> bool:
        """Whether its pull requests are on some server, and not on the machine that it began on."""
        return not self.repository.startswith(LOOPBACK)


class Scaffold(Part):
    """What `modelry init` was told, and what it wrote."""

    schema_: Literal["scaffold/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    answers: Answers
    """What it was told."""
    files: dict[Annotated[str, Field(min_length=1, max_length=500)], BlobId]
    """What it wrote, by path: git's blob id of each file as it came from modelry, before anybody edited it."""
