"""What a review says, as values: what one report holds, and so the schema of its JSON, `review/v1`."""

from typing import Literal

from pydantic import Field

from modelry.model.changes import Class
from modelry.model.fields import Part, Several
from modelry.reports.checked import Found, Skipped

Tone = Literal["bad", "look", "good", "plain"]
"""What a statement is to a reviewer: a reason against, something to look at, a reason for, or neither."""

Verdict = Literal["passes", "needs a person", "fails"]


class Statement(Part):
    """One sentence on what the change means."""

    tone: Tone
    """`bad`: a reason against; `look`: to be looked at; `good`: a reason for; `plain`: neither."""
    text: str
    """The sentence."""


class Act(Part):
    """What somebody has to do before the change can be merged."""

    who: str
    """Who: accounts and teams, `the author`, or `nobody` where only time helps."""
    what: str
    """What they have to do."""
    command: str = ""
    """The command for it, where there is one."""


class Range(Part):
    """A confidence interval."""

    low: float
    """Lower bound."""
    high: float
    """Upper bound."""
    level: float
    """How sure, as 0.95."""


class Result(Part):
    """One metric of challenger and champion on the same data set, or on the same slice of it."""

    dataset: str
    """The data set, as `name@version`; results on other data, or on another version of it, are never in one row."""
    slice: str
    """The slice; empty for the whole data set."""
    metric: str
    """The metric."""
    goal: Literal["maximize", "minimize"] | None
    """Which way is better, by policy; null where policy does not know the metric."""
    unit: str | None
    """The metric's unit."""
    before: float | None
    """The champion's; null where it was not measured on this data."""
    after: float | None
    """The challenger's; null where it was not measured on this data."""
    difference: float | None
    """The challenger's less the champion's."""
    tolerance: float | None
    """By how much policy lets it be worse on the whole data set; a yardstick only for a slice, which no gate looks at."""
    verdict: Literal["worse", "within tolerance", "same", "better", "no goal", "only before", "only now"]
    """How the challenger does."""
    before_interval: Range | None = None
    """The champion's confidence interval, where given."""
    after_interval: Range | None = None
    """The challenger's confidence interval, where given."""


class Difference(Part):
    """A fact that differs."""

    group: str
    """artifact, signature, params, data, code, environment, training, or what a document says."""
    field: str
    """The fact."""
    before: str
    """Empty where there was none."""
    after: str
    """Empty where there is none any more."""
    effect: Literal["softer", "stricter", "other"] | None = None
    """Of a policy: whether it lets more or less through than before."""
    url: str = ""
    """A page of the code's host that shows the difference."""


class Comparison(Part):
    """The challenger against another version."""

    against: str | None
    """The other version, as `model@version`; null where there is none."""
    role: str
    """Why that one: what it holds, or that it is the latest."""
    results: Several[Result]
    """Every result of both, worst first."""
    differences: Several[Difference]
    """The facts that differ."""


class Gate(Part):
    """One thing that a stage asks for."""

    gate: str
    """What is asked."""
    found: str
    """What was found."""
    margin: float | None
    """By how much a number is on the right side of its bound; negative where it misses; null where there is no number."""
    state: Literal["passes", "missed", "waived", "measure", "wait", "approve", "unknown"]
    """`measure`, `wait` and `approve` say what would let it pass; `unknown` where we could not look."""
    waiver: str = ""
    """The waiver that excuses it, and until when."""
    act: str = ""
    """Who has to do what, where it does not pass yet."""


class Consumer(Part):
    """Somebody who uses the model, as main's `model.yaml` has it."""

    name: str
    """The service or team."""
    contact: str | None
    """Whom to tell."""
    url: str | None
    """Where more is said."""


class Section(Part):
    """What one thing that the change does means."""

    kind: Literal[
        "registration",
        "promotion",
        "rollback",
        "renewal",
        "emptied stage",
        "yank",
        "unyank",
        "evaluation",
        "waiver",
        "metadata",
        "policy",
        "tooling",
    ]
    """What is done."""
    title: str
    """It in a few words."""
    model: str | None
    """The model; null where it concerns the whole registry."""
    version: str | None
    """The version, as `model@version`; null where it is not about one."""
    stage: str | None
    """The stage, where it is about one."""
    verdict: Verdict
    """What the rules say of this part of the change."""
    brief: str
    """What a hurried reviewer reads of it."""
    reason: str
    """The author's words."""
    statements: Several[Statement]
    """What it means, the reasons against it first."""
    gates: Several[Gate] = ()
    """What the stage asks for, and how it stands."""
    comparisons: Several[Comparison] = ()
    """Champion against challenger."""
    differences: Several[Difference] = ()
    """What its documents say otherwise than before, where that is not a version's record."""
    acts: Several[Act] = ()
    """What has to be done before it can be merged, and by whom."""
    consumers: Several[Consumer] = ()
    """Whom to tell."""
    undo: str = ""
    """The command that takes it back."""


class Review(Part):
    """What `modelry review --format json` answers: all that a reviewer should see of a change."""

    schema_: Literal["review/v1"] = Field("review/v1", alias="schema")
    """Which kind of document this is, in which edition."""
    verdict: Verdict
    """What follows for the merge, by main's policy."""
    classes: Several[Class]
    """What kinds of change it is."""
    statements: Several[Statement]
    """What concerns the change as a whole; that it is stale comes first."""
    sections: Several[Section]
    """One for each thing that it does: those that fail first."""
    findings: Several[Found]
    """What the rules found, ordered by file and place."""
    skipped: Several[Skipped]
    """Rules that could not look."""
