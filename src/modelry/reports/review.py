"""What a reviewer needs to decide on a change: one report, as Markdown for a pull request or as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from json import dumps
from typing import Any

from modelry import checks
from modelry.checks import gates
from modelry.checks.base import Context
from modelry.model import comparison
from modelry.model.changes import Move
from modelry.model.comparison import Difference, Result
from modelry.model.policy import Policy
from modelry.model.registry import Version
from modelry.reports import findings
from modelry.reports.findings import cell, code

LIMIT = 60_000
"""GitHub refuses a comment of 65,536 characters; what is longer is cut between sections."""


@dataclass(frozen=True)
class Section:
    """What one version that is registered or promoted means."""

    title: str
    challenger: Version
    champion: Version | None
    """What it is held against: the stage's holder, or the version before."""
    stage: str | None
    """The stage it would take; None for a registration."""
    results: tuple[Result, ...]
    differences: tuple[Difference, ...]
    verdicts: tuple[gates.Verdict, ...]
    """How it fares at the stage's gates; empty for a registration or a way back."""
    reason: str
    undo: str
    """The command that takes it back."""


@dataclass(frozen=True)
class Review:
    """All that a reviewer should see of a change."""

    report: checks.Report
    sections: tuple[Section, ...]
    policy: Policy


def review(context: Context, policy: Policy) -> Review:
    """Judge a change and set what it brings against what is there."""
    report = checks.run(checks.ALL, context)
    sections = [*_registrations(context), *_promotions(context, policy)]
    return Review(report, tuple(sections), policy)


def _registrations(context: Context) -> Iterator[Section]:
    for place in context.changes.registered:
        version = context.after.models[place.model].versions[place.name]
        if version.record.value is None:
            continue
        known = context.before.models.get(place.model)
        champion = known.latest if known is not None else None
        yield Section(
            f"{version.label} is new",
            version,
            champion,
            None,
            comparison.results(champion, version),
            _differences(champion, version),
            (),
            version.record.value.summary,
            f"modelry yank {version.label} --reason …",
        )


def _promotions(context: Context, policy: Policy) -> Iterator[Section]:
    for move in context.changes.moves:
        model = context.after.models.get(move.model)
        version = model.versions.get(move.after) if model is not None and move.after else None
        if model is None or version is None or version.record.value is None:
            continue
        champion = (
            context.before.models[move.model].holder(move.stage)
            if move.model in context.before.models
            else None
        )
        back, stage = context.goes_back(move), policy.stage(move.stage)
        document = model.stages[move.stage].value
        yield Section(
            f"{move.stage} of {move.model}: {move.before or 'nothing'} {'back ' if back else ''}to {move.after}",
            version,
            champion,
            move.stage,
            comparison.results(champion, version),
            _differences(champion, version),
            gates.judge(context, version, stage) if stage is not None and not back else (),
            document.reason if document is not None else "",
            _undo(move),
        )


def _undo(move: Move) -> str:
    if move.before is None:
        return f"modelry promote {move.model}@OTHER {move.stage} --reason …"
    return f"modelry rollback {move.model} {move.stage} --to {move.before} --reason …"


def _differences(before: Version | None, after: Version) -> tuple[Difference, ...]:
    if before is None or before.record.value is None or after.record.value is None:
        return ()
    return comparison.differences(before.record.value, after.record.value)


def better(result: Result, policy: Policy) -> bool | None:
    """Say whether the newer result is better by the metric's goal; None where that cannot be said."""
    metric = policy.metrics.get(result.metric)
    if metric is None or result.before is None or result.after is None or result.before == result.after:
        return None
    return (result.after > result.before) == (metric.goal == "maximize")


def markdown(found: Review) -> str:
    """Give the report for a pull request: the verdict first, details folded, nothing of the registry's text as markup."""
    parts = [findings.markdown(found.report, lambda _: None)]
    parts += [_section(section, found.policy) for section in found.sections]
    kept, length = [], 0
    for part in parts:
        length += len(part) + 1
        if length > LIMIT:
            kept.append("\n_More than fits here: see `modelry review` in a clone._\n")
            break
        kept.append(part)
    return "\n".join(kept)


def _section(section: Section, policy: Policy) -> str:
    against = f"`{section.champion.label}`" if section.champion is not None else "nothing before it"
    lines = [
        f"### {cell(section.title)}",
        "",
        f"{cell(section.reason)}",
        "",
        f"Against {against}. Undo: `{section.undo}`",
        "",
    ]
    if section.verdicts:
        lines += ["| gate | found | |", "|---|---|---|"]
        lines += [f"| {cell(v.gate)} | {cell(v.measured)} | {_passes(v)} |" for v in section.verdicts]
        lines.append("")
    whole = [result for result in section.results if not result.slice]
    parts = [result for result in section.results if result.slice]
    lines += _table(whole, policy)
    worse = sum(better(result, policy) is False for result in parts)
    if parts:
        told = (
            f"{worse} of {len(parts)} slice results are worse"
            if section.champion
            else f"{len(parts)} slice results"
        )
        lines += [
            f"<details{' open' if worse else ''}><summary>Slices: {told}</summary>",
            "",
            *_table(parts, policy),
            "</details>",
            "",
        ]
    if section.differences:
        lines += [f"<details><summary>What differs: {len(section.differences)} facts</summary>", ""]
        lines += ["| | fact | before | after |", "|---|---|---|---|"]
        lines += [
            f"| {d.group} | {cell(d.field)} | {code(d.before)} | {code(d.after)} |"
            for d in section.differences
        ]
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def _passes(verdict: gates.Verdict) -> str:
    if verdict.waived:
        return f"🎫 waived by {cell(verdict.waived)}"
    return "✅ passes" if verdict.passed else "❌ **missed**"


def _table(results: list[Result], policy: Policy) -> list[str]:
    if not results:
        return []
    lines = ["| data set | slice | metric | before | after | difference |", "|---|---|---|---:|---:|---:|"]
    for result in results:
        sign = {True: "better", False: "**worse**", None: ""}[better(result, policy)]
        before, after = (
            f"{value:.6g}" if value is not None else "" for value in (result.before, result.after)
        )
        lead = (
            result.after - result.before if result.before is not None and result.after is not None else None
        )
        told = f"{lead:+.3g} {sign}".strip() if lead is not None else ""
        lines.append(
            f"| {cell(result.dataset)} | {cell(result.slice)} | {cell(result.metric)} | {before} | {after} | {told} |"
        )
    return [*lines, ""]


def json(found: Review) -> str:
    """Give the report for a program; the schema is `review/v1`."""
    document: dict[str, Any] = {
        "schema": "review/v1",
        "verdict": found.report.verdict,
        "classes": list(found.report.classes),
        "sections": [
            {
                "title": section.title,
                "challenger": section.challenger.label,
                "champion": section.champion.label if section.champion is not None else None,
                "stage": section.stage,
                "reason": section.reason,
                "undo": section.undo,
                "gates": [verdict._asdict() for verdict in section.verdicts],
                "results": [
                    {**result._asdict(), "better": better(result, found.policy)} for result in section.results
                ],
                "differences": [difference._asdict() for difference in section.differences],
            }
            for section in found.sections
        ],
    }
    return dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def text(found: Review) -> str:
    """Give the report for a terminal."""
    parts = [findings.text(found.report, lambda _: None)]
    for section in found.sections:
        lines = [section.title, f"  why   {section.reason}", f"  undo  {section.undo}"]
        for v in section.verdicts:
            mark = "pass" if v.passed else f"waived by {v.waived}" if v.waived else "MISS"
            lines.append(f"  {mark}  {v.gate}: {v.measured}")
        width = max((len(_where(result)) for result in section.results), default=0)
        for result in section.results:
            before, after = (
                f"{value:.6g}" if value is not None else "-" for value in (result.before, result.after)
            )
            sign = {True: "better", False: "WORSE", None: ""}[better(result, found.policy)]
            lines.append(
                f"  {_where(result):{width}}  {result.metric:12} {before:>10} -> {after:<10} {sign}".rstrip()
            )
        lines += [
            f"  {d.group:12} {d.field}: {d.before or '-'} -> {d.after or '-'}" for d in section.differences
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _where(result: Result) -> str:
    return f"{result.dataset} {result.slice}".strip()


FORMATS = {"text": text, "markdown": markdown, "json": json}
"""How a review can be told."""
