"""What a promotion meets, all of it, passed or not: for who proposes it, before there is a branch."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from modelry.checks import gates, promotions
from modelry.checks.base import Context
from modelry.checks.findings import Report
from modelry.checks.gates import Verdict
from modelry.checks.waivers import waived
from modelry.model.policy import Stage
from modelry.model.registry import Version


class Prospect(NamedTuple):
    """What a version meets on its way to a stage."""

    version: str
    stage: str
    verdicts: tuple[Verdict, ...]


def prospects(context: Context) -> tuple[Prospect, ...]:
    """Give what each promotion of a change meets: gates, stages held before, formats; a way back meets none."""
    return tuple(
        Prospect(
            version.label,
            stage.name,
            (
                *gates.judge(context, version, stage),
                *(() if move.renews else _earlier(context, version, stage)),
                *_format(context, version, stage),
            ),
        )
        for move, stage, version, _ in promotions.promoted(context)
    )


def _earlier(context: Context, version: Version, stage: Stage) -> Iterator[Verdict]:
    excuse = waived(context, "stage-skipped", version, stage.name)
    for earlier in stage.after:
        if all(held.version != version.number for held in context.held(version.model, earlier)):
            asked = f"held {earlier}" + (f" for {stage.soak}" if stage.soak is not None else "")
            yield Verdict(asked, "never held it", passed=False, waived=excuse)
        elif stage.soak is None:
            yield Verdict(f"held {earlier}", "held it", passed=True)
        else:
            soak = promotions.soak(context, version, earlier, stage.soak)
            until = f"until {soak.ends:%Y-%m-%d %H:%M %Z}" if soak.ends else "too short, and holds it no more"
            told = "held it for that long" if soak.is_over else until
            yield Verdict(
                f"held {earlier} for {stage.soak}", told, soak.is_over, "" if soak.is_over else excuse
            )


def _format(context: Context, version: Version, stage: Stage) -> Iterator[Verdict]:
    allowed = context.policy.formats.get(stage.name) if context.policy is not None else None
    if allowed is not None:
        found = version.record.must.artifact.format
        excuse = "" if found in allowed else waived(context, "format-not-allowed", version, stage.name)
        yield Verdict(f"format {', '.join(allowed) or 'none'}", found, found in allowed, excuse)


def soaks_until(context: Context, report: Report) -> datetime | None:
    """Give the minute from which on a change would pass, where nothing but time is missing; else None."""
    if {finding.rule for finding in report.errors} != {"stage-skipped"}:
        return None
    ends = []
    for move, stage, version, _ in promotions.promoted(context):
        if move.renews or stage.soak is None:
            continue
        for earlier in stage.after:
            soak = promotions.soak(context, version, earlier, stage.soak)
            if not soak.is_over:
                ends.append(soak.ends)
    last = [end for end in ends if end is not None]
    if not last or len(last) < len(ends):
        return None
    # Minutes are told, so the next whole one is what can be relied on.
    return datetime.fromtimestamp(math.ceil(max(last).timestamp() / 60) * 60, max(last).tzinfo)
