"""Why a version holds a stage: each move judged again, by the policy and the facts that main had when it landed."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from itertools import groupby
from typing import Any, Literal, NamedTuple

from modelry.catalog import numbers
from modelry.catalog.entries import Catalog, ModelEntry
from modelry.checks import gates, people, promotions
from modelry.checks.base import Context, Held
from modelry.checks.waivers import waived
from modelry.model import landings, layout
from modelry.model.changes import Changes
from modelry.model.documents import Assignment, Waiver
from modelry.model.events import Event
from modelry.model.files import REGULAR, Entry, Tree
from modelry.model.moment import Moment
from modelry.model.notes import Evidence
from modelry.model.places import Position
from modelry.model.policy import Approvals, Policy, Stage
from modelry.model.registry import Document, Registry, Source, Version

State = Literal["passes", "waived", "misses", "unproven"]

_MOVES = ("promoted", "rolled back", "renewed")
_START = Position(1, 1)
_NOBODY = "none is on record"
_FILE = Entry(REGULAR, "")


class Asked(NamedTuple):
    """One thing that a stage asked of a version, and what was found."""

    what: str
    found: str
    state: State
    margin: float | None = None
    """By how much a number is on the right side of its bound, or misses it."""
    waiver: str = ""
    """The waiver that excused it."""


class Decision(NamedTuple):
    """A version was given a stage."""

    event: Event
    policy: str | None
    """The commit by which the policy came that was in force; None where there was none yet, or none is known."""
    asked: tuple[Asked, ...]
    """What it had to show; nothing for a way back, which skips the gates."""

    @property
    def passed(self) -> int:
        """How much of it was shown."""
        return sum(each.state == "passes" for each in self.asked)


class Standards:
    """Which policy was in force when."""

    def __init__(self, moment: Moment) -> None:
        self._order = {commit: at for at, commit in enumerate(dict.fromkeys(e.commit for e in moment.events))}
        self._commits = sorted(moment.policies, key=lambda commit: self._order.get(commit, -1))
        self._places = [self._order.get(commit, -1) for commit in self._commits]
        self._policies = moment.policies

    def before(self, commit: str) -> tuple[str, Policy] | None:
        """Give the policy that a commit found, and the commit by which it came; a change never brings its own judge."""
        at = bisect_left(self._places, self._order[commit])
        found = self._policies[self._commits[at - 1]] if at else None
        return None if found is None else (self._commits[at - 1], found)


def of(catalog: Catalog, standards: Standards, model: ModelEntry) -> tuple[Decision, ...]:
    """Give each move of a model's stages, oldest first; the model's task is taken as it is now."""
    return tuple(_decisions(catalog, standards, model))


def about(number: str, decided: Iterable[Decision]) -> tuple[Decision, ...]:
    """Give the decisions by which a version took a stage: of each stage the last, and the last way back; newest first."""
    mine = [each for each in decided if each.event.version == number]
    last = {(each.event.stage, each.event.what == "rolled back"): each for each in mine}
    return tuple(sorted(last.values(), key=lambda each: each.event.when, reverse=True))


def _decisions(catalog: Catalog, standards: Standards, model: ModelEntry) -> Iterator[Decision]:
    past = _Past(catalog, model)
    for commit, group in groupby(model.events, key=lambda event: event.commit):
        events = list(group)
        past.measure(events)
        found = standards.before(commit)
        for event in events:
            if event.what in _MOVES and event.version is not None:
                asked = _asked(past, event, found[1]) if found and event.what != "rolled back" else ()
                yield Decision(event, found[0] if found else None, asked)
        past.land(events)


def _asked(past: "_Past", event: Event, policy: Policy) -> tuple[Asked, ...]:
    stage = policy.stage(event.stage or "")
    context = past.context(event, policy)
    version = context.before.models[event.model].versions.get(event.version or "")
    if stage is None or version is None or version.record.value is None:
        return ()
    made = [*_gates(context, version, stage), *_formats(context, version, stage, policy)]
    if event.what != "renewed":
        made += _earlier(context, version, stage)
    if stage.approvals is not None:
        made.append(_approvals(stage.approvals, past.moment.evidence.get(event.commit), event))
    return tuple(made)


def _gates(context: Context, version: Version, stage: Stage) -> Iterator[Asked]:
    for verdict in gates.judge(context, version, stage):
        state: State = "passes" if verdict.passed else "waived" if verdict.waived else "misses"
        yield Asked(verdict.gate, verdict.measured, state, verdict.margin, verdict.waived)


def _formats(context: Context, version: Version, stage: Stage, policy: Policy) -> Iterator[Asked]:
    allowed, found = policy.formats.get(stage.name), version.record.must.artifact.format
    if allowed is not None:
        state: State = "passes" if found in allowed else "misses"
        yield _excused(
            context, version, stage, "format-not-allowed", f"format {' or '.join(allowed)}", found, state
        )


def _earlier(context: Context, version: Version, stage: Stage) -> Iterator[Asked]:
    for earlier in stage.after:
        spells = [held for held in context.held(version.model, earlier) if held.version == version.number]
        asked = f"{stage.soak} in {earlier}" if stage.soak else f"{earlier} before"
        found, state = "never", "misses"
        if spells:
            found, state = f"since {numbers.day(spells[-1].since)}", "passes"
            if stage.soak and not promotions.soak(context, version, earlier, stage.soak).is_over:
                found, state = f"{found}, not long enough", "misses"
        yield _excused(context, version, stage, "stage-skipped", asked, found, state)


def _excused(
    context: Context,
    version: Version,
    stage: Stage,
    rule: str,
    asked: str,
    found: str,
    state: Any,  # noqa: ANN401
) -> Asked:
    excuse = "" if state == "passes" else waived(context, rule, version, stage.name)
    return Asked(asked, found, "waived" if excuse else state, None, excuse)


def _approvals(asked: Approvals, evidence: Evidence | None, event: Event) -> Asked:
    """Say whether enough of those who may have said yes, as far as the evidence shows it."""
    whom = f" of {', '.join(asked.from_)}" if asked.from_ else ""
    what = f"{asked.wanted}{whom}"
    if evidence is None or not evidence.recorded:
        told = ", ".join(map(landings.name, event.landing.approved_by or ()))
        claimed = f"only its own message names {told}, which whoever merged could write"
        return Asked(what, claimed if told else _NOBODY, "unproven")
    doubts = people.approvals(asked, evidence.author, evidence.approvers)
    found = ", ".join(approver.name for approver in evidence.approvers) or _NOBODY
    if doubts.contradictions:
        return Asked(what, found, "misses")
    return Asked(what, found, "unproven" if doubts.missing else "passes")


class _Past:
    """What main had of a model, from commit to commit."""

    def __init__(self, catalog: Catalog, model: ModelEntry) -> None:
        self.moment = catalog.moment
        self._source = catalog.registry.source
        self._model = model.model
        self._holders: dict[str, tuple[Held, ...]] = {}
        self._waivers: dict[str, Waiver] = {}
        self._unmeasured = {
            (event.version, event.name) for event in model.events if event.what == "evaluated"
        }

    def measure(self, events: Sequence[Event]) -> None:
        """Take up the evaluations of a commit: they count for what it moves."""
        self._unmeasured -= {(event.version, event.name) for event in events if event.what == "evaluated"}

    def land(self, events: Sequence[Event]) -> None:
        """Take up what counts from the next commit on."""
        for event in events:
            if event.what in _MOVES or event.what == "emptied":
                number = "" if event.what == "emptied" else event.version or ""
                held = Held(number, event.when.astimezone(UTC))
                self._holders[event.stage or ""] = (held, *self._holders.get(event.stage or "", ()))
            elif event.what == "waived":
                waiver = self.moment.waivers.get((event.commit, event.model, event.name))
                if waiver is not None:
                    self._waivers[event.name] = waiver
            elif event.what == "waiver ended":
                self._waivers.pop(event.name, None)

    def context(self, event: Event, policy: Policy) -> Context:
        """Give what a rule could see when an event landed."""
        when = event.when.astimezone(UTC)
        registry = self._registry(event.version or "")
        holders = self._holders.copy()
        return Context(
            Changes(registry, registry), policy, when.date(), when, lambda _, stage: holders.get(stage, ())
        )

    def _registry(self, number: str) -> Registry:
        """Give as much of the registry as it takes to judge a version: it, and who held the stages."""
        name = self._model.name
        known: dict[str, Document[Any]] = {layout.model(name): self._model.info}
        wanted = {number}
        for stage, held in self._holders.items():
            if held[0].version:
                wanted.add(held[0].version)
                document = Assignment.model_construct(
                    schema_="assignment/v1", version=held[0].version, sha256="", previous=None, reason=""
                )
                known[layout.stage(name, stage)] = _document(layout.stage(name, stage), document)
        for waiver, value in self._waivers.items():
            known[layout.waiver(name, waiver)] = _document(layout.waiver(name, waiver), value)
        for version in (self._model.versions[each] for each in wanted if each in self._model.versions):
            known.update(self._files(version))
        entries = dict.fromkeys(sorted(known), _FILE)
        tree = Tree(entries, self._source.tree.read)
        return Registry(Source(tree, lambda path, _: known[path], lambda _: None))

    def _files(self, version: Version) -> Iterator[tuple[str, Document[Any]]]:
        """Give a version's record, and what had been measured of it by then."""
        yield version.record.path, version.record
        for name, document in version.evaluations.items():
            if (version.number, name) not in self._unmeasured:
                yield document.path, document


def _document(path: str, value: Any) -> Document[Any]:  # noqa: ANN401 - whatever the document holds
    return Document(path, value, (), lambda _: _START)
