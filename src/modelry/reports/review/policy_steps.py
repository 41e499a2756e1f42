"""The steps from one policy to another, and whether each lets more or less through."""

from collections.abc import Iterator, Mapping
from typing import Literal

from modelry.model import names
from modelry.model.comparison import plain
from modelry.model.fields import Part
from modelry.model.gates import AtLeast, AtMost, Gate, NoWorseThan
from modelry.model.policy import Approvals, Policy, Sources, Stage
from modelry.reports.review.facts import Difference

Effect = Literal["softer", "stricter", "other"]


def between(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """Give each step from one policy to another, with what it does to what may pass."""
    return (
        *_stages(before, after),
        *_profiles(before, after),
        *_mapping("metrics", before.metrics, after.metrics),
        *_mapping("remotes", before.remotes, after.remotes),
        *_mapping("signers", before.signers, after.signers),
        *_mapping("webhooks", before.webhooks, after.webhooks),
        *_limit("artifact_size", before.limits.artifact_size, after.limits.artifact_size),
        *_limit("card_size", before.limits.card_size, after.limits.card_size),
        *_sources(before.sources, after.sources),
        *(
            _step("registry", field, (getattr(before, field), getattr(after, field)), "other")
            for field in ("id", "title", "url", "repository")
            if getattr(before, field) != getattr(after, field)
        ),
    )


Texts = tuple[str, str]
"""Before and after; empty where there is nothing."""


def _step(group: str, field: str, texts: Texts, effect: Effect) -> Difference:
    return Difference(group=group, field=field, before=texts[0], after=texts[1], effect=effect)


def _softer(found: bool) -> Effect:  # noqa: FBT001 - read as a sentence
    return "softer" if found else "stricter"


def _stages(before: Policy, after: Policy) -> Iterator[Difference]:
    orders = [[stage.name for stage in policy.stages] for policy in (before, after)]
    for name in dict.fromkeys([*orders[0], *orders[1]]):
        old, new = before.stage(name), after.stage(name)
        if old is not None and new is not None:
            yield from _stage(old, new)
        else:
            yield _step(
                "stages", "stage", (name if old else "", name if new else ""), "softer" if old else "other"
            )
        yield from _formats(name, before.formats.get(name), after.formats.get(name))
    kept = [[name for name in order if name in orders[0] and name in orders[1]] for order in orders]
    if kept[0] != kept[1]:
        yield _step("stages", "order", (", ".join(kept[0]), ", ".join(kept[1])), "other")


def _stage(old: Stage, new: Stage) -> Iterator[Difference]:
    if old.after != new.after:
        gone = not set(old.after) <= set(new.after)
        yield _step(new.name, "after", (", ".join(old.after), ", ".join(new.after)), _softer(gone))
    if old.soak != new.soak:
        yield _step(
            new.name, "soak", (old.soak or "", new.soak or ""), _softer(_length(new.soak) < _length(old.soak))
        )
    if old.expires_after != new.expires_after:
        texts = (old.expires_after or "", new.expires_after or "")
        longer = not new.expires_after or 0 < _length(old.expires_after) < _length(new.expires_after)
        yield _step(new.name, "expires_after", texts, _softer(longer))
    if old.approvals != new.approvals:
        yield _approvals(old, new)
    yield from _gates(old, new)


def _length(text: str | None) -> float:
    return names.duration(text).total_seconds() if text else 0


def _approvals(old: Stage, new: Stage) -> Difference:
    was, is_ = old.approvals, new.approvals
    softer = is_ is None or (
        was is not None
        and (
            is_.count < was.count
            or is_.author_may_approve > was.author_may_approve
            or (bool(was.from_) and (not is_.from_ or not set(is_.from_) <= set(was.from_)))
        )
    )
    return _step(new.name, "approvals", (_people(was), _people(is_)), _softer(softer))


def _people(approvals: Approvals | None) -> str:
    if approvals is None:
        return ""
    author = ", the author too" if approvals.author_may_approve else ""
    return f"{approvals.count} from {', '.join(approvals.from_) or 'anyone'}{author}"


def _gates(old: Stage, new: Stage) -> Iterator[Difference]:
    """Pair gates that ask for the same thing, and say what became of each."""
    was, is_ = _keyed(old.gates), _keyed(new.gates)
    for key in dict.fromkeys([*was, *is_]):
        before, after = was.get(key), is_.get(key)
        if before is None or after is None:
            texts = (_asked(before), _asked(after))
            yield _step(new.name, "gate", texts, _softer(after is None))
        elif before != after:
            yield _step(
                new.name, _told(after)[0], (_told(before)[1], _told(after)[1]), _effect(before, after)
            )


def _keyed(gates_: tuple[Gate, ...]) -> Mapping[tuple[object, ...], Gate]:
    found: dict[tuple[object, ...], Gate] = {}
    for gate in gates_:
        match gate:
            case AtLeast() | AtMost():
                key: tuple[object, ...] = (type(gate), gate.metric, gate.dataset, gate.tasks)
            case NoWorseThan():
                key = (type(gate), gate.metric, gate.dataset, gate.no_worse_than, gate.tasks)
            case _:
                key = (type(gate), _asked(gate))
        while key in found:
            key = (*key, "again")
        found[key] = gate
    return found


def _effect(before: Gate, after: Gate) -> Effect:
    match before, after:
        case AtLeast(), AtLeast() if after.at_least != before.at_least:
            return _softer(after.at_least < before.at_least)
        case AtMost(), AtMost() if after.at_most != before.at_most:
            return _softer(after.at_most > before.at_most)
        case NoWorseThan(), NoWorseThan() if after.tolerance != before.tolerance:
            return _softer(after.tolerance > before.tolerance)
    return "other"


def _asked(gate: Gate | None) -> str:
    return " ".join(_told(gate)) if gate is not None else ""


def _told(gate: Gate) -> tuple[str, str]:
    """Give a gate in words: what it asks for, and its bound."""
    tasks = f" (for {', '.join(gate.tasks)})" if gate.tasks else ""
    match gate:
        case AtLeast():
            return f"{_of(gate)} at least", f"{plain(gate.at_least)}{tasks}"
        case AtMost():
            return f"{_of(gate)} at most", f"{plain(gate.at_most)}{tasks}"
        case NoWorseThan():
            return (
                f"{_of(gate)} no worse than {gate.no_worse_than}, by at most",
                f"{plain(gate.tolerance)}{tasks}",
            )
    held = gate.model_dump(mode="json", exclude_defaults=True, exclude={"tasks"})
    return ", ".join(held), f"{', '.join(plain(value) for value in held.values())}{tasks}"


def _of(gate: AtLeast | AtMost | NoWorseThan) -> str:
    return f"{gate.metric} on {gate.dataset}" if gate.dataset else gate.metric


def _formats(stage: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> Iterator[Difference]:
    if old != new:
        softer = new is None or (old is not None and not set(new) <= set(old))
        yield _step(stage, "formats", (_accepted(old), _accepted(new)), _softer(softer))


def _accepted(formats: tuple[str, ...] | None) -> str:
    return "all" if formats is None else ", ".join(formats) or "none"


def _profiles(before: Policy, after: Policy) -> Iterator[Difference]:
    for name in dict.fromkeys([*before.profiles, *after.profiles]):
        old, new = _demands(before, name), _demands(after, name)
        if old != new:
            texts = (", ".join(sorted(old)), ", ".join(sorted(new)))
            yield _step(f"profile {name}", "demands", texts, _softer(not old <= new))


def _demands(policy: Policy, name: str) -> frozenset[str]:
    profile = policy.profiles.get(name)
    if profile is None:
        return frozenset()
    return frozenset({*(f"task {task}" for task in profile.tasks), *profile.fields, *profile.card_sections})


def _mapping(group: str, old: Mapping[str, Part], new: Mapping[str, Part]) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield _step(group, name, (_shown(old.get(name)), _shown(new.get(name))), "other")


def _shown(part: Part | None) -> str:
    return plain(part.model_dump(mode="json", exclude_none=True)) if part is not None else ""


def _limit(name: str, old: int | None, new: int | None) -> Iterator[Difference]:
    if old != new:
        texts = ("none" if old is None else f"{old:,} bytes", "none" if new is None else f"{new:,} bytes")
        yield _step("limits", name, texts, _softer(new is None or (old is not None and new > old)))


def _sources(old: Sources | None, new: Sources | None) -> Iterator[Difference]:
    """Tell from where more, or less, may be fetched on a stranger's word."""
    hosts = [source.hosts if source is not None else () for source in (old, new)]
    if set(hosts[0]) != set(hosts[1]):
        added = not set(hosts[1]) <= set(hosts[0])
        yield _step("sources", "hosts", (", ".join(hosts[0]), ", ".join(hosts[1])), _softer(added))
    if old is not None and new is not None and old.artifact_size != new.artifact_size:
        texts = (f"{old.artifact_size:,} bytes", f"{new.artifact_size:,} bytes")
        yield _step("sources", "artifact_size", texts, _softer(new.artifact_size > old.artifact_size))
