"""Gates: what a policy may ask a version to show before it holds a stage."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag

from modelry.model.fields import FieldPath, GateName, Line, MetricName, Number, Part, Several, Slug, StageName


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
