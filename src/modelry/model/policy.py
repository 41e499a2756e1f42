"""The registry's policy, `registry.yaml`: its stages, what each demands, and what is allowed at all."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modelry.model.fields import (
    Count,
    Duration,
    FieldPath,
    Host,
    Line,
    MetricName,
    Part,
    Person,
    Several,
    Slug,
    StageName,
    WebUrl,
)
from modelry.model.gates import Gate
from modelry.model.webhooks import Webhook

RemoteUrl = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._~:/@+=%-]+$", min_length=1, max_length=500)
]

PUBLIC_KEY = r"^([A-Za-z0-9+/]{4}){10,50}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


class Remote(Part):
    """A place where artifacts may lie: a DVC remote, by its layout."""

    url: RemoteUrl
    """Its address: s3://…, ssh://…, https://…, or a folder; a relative folder is seen from `registry/`."""
    public: RemoteUrl | None = None
    """Where consumers read the same objects, if not there."""

    @property
    def is_inside(self) -> bool:
        """Whether it lies in the registry's own folder, and so travels with git and with the catalog."""
        return "://" not in self.url and not self.url.startswith(("/", "..")) and "/.." not in self.url


class Signer(Part):
    """Somebody, or some machine, that may sign the evidence of merges."""

    public_key: Annotated[
        str,
        StringConstraints(pattern=PUBLIC_KEY),
    ]
    """The public key in DER form, as base64 on one line; Ed25519 or ECDSA P-256."""


class Metric(Part):
    """What a metric's numbers mean."""

    goal: Literal["maximize", "minimize"]
    """Which way is better."""
    unit: Line | None = None
    """The unit, for people."""
    title: Line | None = None
    """What people call it."""


class Limits(Part):
    """How large things may be, in bytes."""

    artifact_size: Count | None = None
    """Largest artifact."""
    card_size: Count = 65_536
    """Largest model card."""


class Sources(Part):
    """Where the bytes of a version may be fetched from, for contributors who cannot push to a remote."""

    hosts: Annotated[Several[Host], Field(min_length=1)]
    """Hosts that may be asked, each redirect's as well: a name, or `*.` and a domain for all below it."""
    artifact_size: Count = 2_147_483_648
    """Largest artifact that is fetched, in bytes; `limits` holds as well."""


class Profile(Part):
    """What a risk tier, or a task, demands of a version."""

    tasks: Several[Slug] = ()
    """Tasks that it holds for without being named in `model.yaml`."""
    fields: Several[FieldPath] = ()
    """Fields of `version.yaml` that must be filled, as dotted paths."""
    card_sections: Several[Line] = ()
    """Headings that the card must have."""


class Approvals(Part):
    """Who must say yes."""

    count: Annotated[Count, Field(ge=1)] = 1
    """How many people."""
    from_: Several[Person] = Field(default=(), alias="from")
    """Who may; empty for anyone with write access."""
    author_may_approve: bool = False
    """Whether the proposal's author counts."""

    @property
    def wanted(self) -> str:
        """How many approvals there must be, in words."""
        return f"{self.count} approval{'' if self.count == 1 else 's'}"

    @property
    def asked(self) -> str:
        """That they are asked for, in words."""
        return f"{self.wanted} {'is' if self.count == 1 else 'are'} asked for"


class Stage(Part):
    """A place that a version can hold, and what it takes."""

    name: StageName
    """What it is called; the file name of its assignments."""
    after: Several[StageName] = ()
    """Stages that a version must have held before."""
    soak: Duration | None = None
    """How long it must have held them."""
    approvals: Approvals | None = None
    """Who must say yes; nobody in particular when absent."""
    expires_after: Duration | None = None
    """After how long the assignment must be looked at again."""
    gates: Several[Gate] = ()
    """What a version must show."""


class Policy(Part):
    """The registry itself. A pull request is judged by the policy of its base, never by its own."""

    schema_: Literal["registry/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    id: Slug
    """The registry's identity; never changes, so that no other registry can pose as it."""
    title: Line
    """What people call it."""
    url: WebUrl
    """Where its catalog is published."""
    repository: WebUrl
    """Where its pull requests are."""
    forge: Literal["github", "gitlab", "gitea", "forgejo", "local"] | None = None
    """What runs there, where its address does not tell; `local` is plain git."""
    remotes: Annotated[dict[Slug, Remote], Field(min_length=1)]
    """Where artifacts may lie; nowhere else. Consumers try them in this order."""
    metrics: dict[MetricName, Metric]
    """The metrics that gates and comparisons know."""
    formats: dict[StageName, Several[Slug]] = Field(default={})
    """Formats that a stage accepts; a stage that is not named accepts all."""
    limits: Limits = Limits()
    """How large things may be."""
    sources: Sources | None = None
    """Public addresses that a version may name in place of pushed bytes; without it, none."""
    profiles: dict[Slug, Profile] = Field(default={})
    """What risk tiers and tasks demand."""
    signers: dict[Slug, Signer] = Field(default={})
    """Who may sign the evidence of merges; where there are any, what none of them signed proves nothing."""
    webhooks: dict[Slug, Webhook] = Field(default={})
    """Who is told by `modelry notify` what has reached main."""
    stages: Annotated[Several[Stage], Field(min_length=1)]
    """The stages, in order."""

    def stage(self, name: str) -> Stage | None:
        """Give the stage of this name."""
        return next((stage for stage in self.stages if stage.name == name), None)
