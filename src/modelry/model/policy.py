"""The registry's policy, `registry.yaml`: its stages, what each demands, and what is allowed at all."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag

from modelry.model.fields import (
    Count,
    Duration,
    FieldPath,
    GateName,
    Host,
    Line,
    MetricName,
    Number,
    Part,
    Person,
    Several,
    Slug,
    StageName,
    WebUrl,
)

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


class _Gate(Part):
    name: GateName | None = None
    """What a waiver calls it; without it, a waiver calls it by its metric, its evaluation or its kind."""
    tasks: Several[Slug] = ()
    """The tasks whose models it is for; empty for all."""


class _MetricGate(_Gate):
    metric: MetricName
    """The metric that is looked at."""
    dataset: Slug | None = None
    """The data set it must be measured on; without it, the version's first that has the metric."""


class AtLeast(_MetricGate):
    """The metric must reach a bound."""

    at_least: Number
    """The bound; reaching it is enough."""


class AtMost(_MetricGate):
    """The metric must not exceed a bound."""

    at_most: Number
    """The bound; meeting it is enough."""


class NoWorseThan(_MetricGate):
    """The metric must not fall behind the champion: the version that holds a stage now."""

    no_worse_than: StageName
    """The stage whose holder is the champion; without a holder, or when it is the same version, it passes."""
    tolerance: Annotated[Number, Field(ge=0)] = 0.0
    """By how much it may be worse, in the metric's own unit."""


class Require(_Gate):
    """A CEL expression must hold."""

    require: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    """The expression over `version`, `metrics`, `champion` and `stage`."""
    message: Line
    """What to tell when it does not hold."""


class Evaluated(_Gate):
    """An evaluation of this name must be on record."""

    evaluation: Slug
    """File name, without its ending, below `evaluations/`."""


def _read_true(value: object) -> object:
    # To Python 1 is True, to JSON Schema it is not; the two must not differ.
    if value is not True:
        raise ValueError("is not true")
    return value


class Signed(_Gate):
    """The version's bytes must be signed."""

    signed: Annotated[Literal[True], BeforeValidator(_read_true)]
    """Always true."""


class Scanned(_Gate):
    """The artifact's scan must have found nothing."""

    scan: Literal["clean"]
    """Always clean; a scan that failed is not clean."""


class Filled(_Gate):
    """Fields of the record must be filled."""

    fields: Annotated[Several[FieldPath], Field(min_length=1)]
    """Dotted paths into `version.yaml`."""


KINDS = ("at_least", "at_most", "no_worse_than", "require", "evaluation", "signed", "scan", "fields")


def _kind(gate: Any) -> str | None:  # noqa: ANN401 - whatever YAML held
    held = gate if isinstance(gate, Mapping) else getattr(gate, "__dict__", {})
    return next((kind for kind in KINDS if kind in held), None)


Gate = Annotated[
    Annotated[AtLeast, Tag("at_least")]
    | Annotated[AtMost, Tag("at_most")]
    | Annotated[NoWorseThan, Tag("no_worse_than")]
    | Annotated[Require, Tag("require")]
    | Annotated[Evaluated, Tag("evaluation")]
    | Annotated[Signed, Tag("signed")]
    | Annotated[Scanned, Tag("scan")]
    | Annotated[Filled, Tag("fields")],
    Discriminator(
        _kind,
        custom_error_type="gate",
        custom_error_message=(
            "is no gate: one of {metric, at_least | at_most | no_worse_than}, {require, message}, {evaluation}, "
            "{signed: true}, {scan: clean}, {fields}"
        ),
    ),
]


def called(gate: Gate) -> str:
    """Give the name by which a waiver calls a gate; gates of one name are waived together."""
    match gate:
        case _ if gate.name is not None:
            return gate.name
        case AtLeast() | AtMost() | NoWorseThan():
            return gate.metric
        case Evaluated():
            return gate.evaluation
    return next(kind for kind in KINDS if kind in type(gate).model_fields)


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
    stages: Annotated[Several[Stage], Field(min_length=1)]
    """The stages, in order."""

    def stage(self, name: str) -> Stage | None:
        """Give the stage of this name."""
        return next((stage for stage in self.stages if stage.name == name), None)
