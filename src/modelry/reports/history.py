"""What happened to the registry, for a terminal or a program: newest first, by main's order."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import groupby
from typing import Any

from modelry.model import landings
from modelry.model.events import Event, Past
from modelry.model.landings import Landing
from modelry.reports import lines

_INDENT = 9
_SHORT = 10
"""As much of a commit's id as people read."""


def text(events: Sequence[Event]) -> str:
    """Give events as lines below their days, those of one commit together; `events` are oldest first."""
    made = []
    for day, of_day in groupby(reversed(events), key=lambda event: event.when.astimezone(UTC).date()):
        made.append(f"{day:%Y-%m-%d}\n")
        for _, of_commit in groupby(of_day, key=lambda event: event.commit):
            made += _commit(list(of_commit)[::-1])
    return "".join(made)


def _commit(events: Sequence[Event]) -> Iterator[str]:
    time = f"{events[0].when.astimezone(UTC):%H:%M}"
    for number, event in enumerate(events):
        yield f"  {time if number == 0 else '     '}  {event.what:<14}  {lines.shown(_about(event))}\n"
        if event.reason:
            yield lines.wrapped(event.reason, _INDENT)
    landing = events[0].landing
    if not all(event.reason for event in events):
        yield lines.wrapped(landing.subject, _INDENT)
    yield lines.wrapped(f"{who(landing)}  {_where(landing)}", _INDENT)


def _about(event: Event) -> str:
    label = f"{event.model}@{event.version}"
    was = f", was {event.previous}" if event.previous else ""
    match event.what:
        case "policy changed":
            return f"schema of {event.name}" if event.name else "registry"
        case "promoted":
            return f"{label} to {event.stage}{was}"
        case "rolled back":
            return f"{event.model} {event.stage} to {event.version}{was}"
        case "renewed":
            return f"{label} in {event.stage}"
        case "emptied":
            return f"{event.model} {event.stage}{was}"
        case "evaluated":
            return f"{label} {event.name}"
        case "waived" | "waiver ended":
            return f"{label if event.version else event.model} {event.name}"
    return label if event.version else event.model


def who(landing: Landing) -> str:
    """Say who proposed, approved and merged, as far as the commit tells."""
    proposer, approver, merger = people(landing)
    said = [f"by {proposer}"]
    said += [f"approved by {approver}"] if landing.approved_by else []
    said += [f"merged by {merger}"] if merger not in {"", proposer, approver} else []
    return ", ".join(said)


def people(landing: Landing) -> tuple[str, str, str]:
    """Give by name who proposed, who approved and who merged; empty where nobody did or nothing tells."""
    groups = (
        landing.proposed_by,
        landing.approved_by or (),
        [landing.merged_by] if landing.merged_by else [],
    )
    proposer, approver, merger = (", ".join(map(landings.name, group)) for group in groups)
    return proposer, approver, merger


def _where(landing: Landing) -> str:
    request = landing.pull_request
    return (f"#{request.number}  " if request else "") + landing.commit[:_SHORT]


def unknown(first: Landing) -> str:
    """Say what a shallow clone cannot tell."""
    return (
        f"this clone is shallow: nobody can tell from it what happened up to {first.commit[:_SHORT]} "
        f"of {first.when.astimezone(UTC):%Y-%m-%d}; git fetch --unshallow"
    )


def document(past: Past) -> dict[str, Any]:
    """Give what happened for a program, as `history/v1`."""
    return {
        "schema": "history/v1",
        "commit": past.commit,
        "unknown_before": past.unknown_before.commit if past.unknown_before else None,
        "events": [told(event) for event in reversed(past.events)],
    }


def told(event: Event) -> dict[str, Any]:
    """Give one event for a program."""
    landing = event.landing
    request = landing.pull_request
    return {
        "what": event.what,
        "model": event.model or None,
        "version": event.version,
        "stage": event.stage,
        "previous": event.previous,
        "name": event.name or None,
        "reason": event.reason,
        "commit": landing.commit,
        "when": landing.when.isoformat(),
        "subject": landing.subject,
        "proposed_by": list(landing.proposed_by),
        "merged_by": landing.merged_by,
        "approved_by": None if landing.approved_by is None else list(landing.approved_by),
        "told_by": landing.told_by,
        "pull_request": request._asdict() if request else None,
    }
