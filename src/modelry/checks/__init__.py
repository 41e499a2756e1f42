"""What must hold: `ALL` rules, in the order in which they are explained, and `run`, which applies them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from modelry.checks import (
    cards,
    documents,
    expressions,
    extras,
    history,
    lineage,
    naming,
    numbering,
    pointers,
    profiles,
    promotions,
    sharing,
    signatures,
    sizes,
    sources,
    stages,
    tree,
    waivers,
    yanks,
)
from modelry.checks.base import Context, Problem, Rule, Severity, UnavailableError
from modelry.checks.findings import Finding, Report
from modelry.model import changes
from modelry.model.policy import Approvals
from modelry.model.registry import Model

__all__ = ["ALL", "Context", "Finding", "Report", "Rule", "Severity", "run"]

ALL: tuple[Rule, ...] = (
    tree.unexpected_file,
    tree.irregular_file,
    naming.unportable_name,
    naming.case_collision,
    sizes.too_large,
    documents.invalid_document,
    documents.path_mismatch,
    documents.incomplete_version,
    documents.undefined_in_policy,
    expressions.invalid_expression,
    extras.invalid_extra_schema,
    extras.invalid_extra,
    documents.unknown_license,
    profiles.unknown_field,
    profiles.unknown_profile,
    profiles.profile_field_missing,
    profiles.card_section_missing,
    cards.active_content_in_card,
    lineage.unknown_parent,
    lineage.time_in_future,
    pointers.pointer_mismatch,
    pointers.folder_digest_mismatch,
    pointers.md5_collision,
    pointers.artifact_unreachable,
    pointers.artifact_corrupted,
    pointers.remote_misfiled,
    sources.source_not_allowed,
    sources.source_differs,
    naming.confusable_name,
    numbering.name_reused,
    numbering.near_duplicate_version,
    numbering.version_not_greater,
    numbering.version_skips,
    signatures.breaking_change_needs_major,
    history.version_altered,
    yanks.unrecorded_unyank,
    yanks.yank_lifted,
    history.model_removed,
    history.mixed_change,
    stages.unknown_version,
    stages.digest_mismatch,
    stages.yanked_in_stage,
    stages.unknown_stage,
    stages.stale_promotion,
    promotions.metric_misses_gate,
    promotions.stage_skipped,
    promotions.format_not_allowed,
    promotions.approval_needed,
    waivers.unknown_waived_rule,
    waivers.waiver_excuses_nothing,
    waivers.waiver_approver_not_owner,
    waivers.waiver_granted,
    waivers.waiver_expired,
)


_Found = tuple[str, int, int, str, str, str, dict[str, Any] | None]
"""A finding as another process tells it: path, line, column, rule, message, hint, who may say yes."""

_Seen = tuple[list[_Found], list[tuple[str, str]], dict[str, list[str]]]
"""What was found, which rules could not look, with why, and what is told of the models."""

Told = dict[str, list[str]]
"""Models whose verdict depends on no other's files, each with the MD5s of its pointers, on which others' may."""

MODELWISE: frozenset[Rule] = frozenset(
    {
        documents.invalid_document,
        documents.path_mismatch,
        documents.incomplete_version,
        documents.unknown_license,
        profiles.unknown_profile,
        lineage.unknown_parent,
        lineage.time_in_future,
        pointers.pointer_mismatch,
        pointers.folder_digest_mismatch,
        stages.unknown_version,
        stages.digest_mismatch,
        stages.yanked_in_stage,
        stages.unknown_stage,
        waivers.unknown_waived_rule,
        waivers.waiver_excuses_nothing,
        waivers.waiver_approver_not_owner,
        waivers.waiver_expired,
    }
)
"""Rules that say of a model in `context.models` the same whichever others are there: several processes may share them.

A rule that is not here sees all models at once, which is always right, and slower.
"""

_PART = 1500
"""How many files, about, are judged at a time; what was read of them is then forgotten."""


def run(rules: Sequence[Rule], context: Context, processes: int = 0, told: Told | None = None) -> Report:
    """Apply rules to a change and report everything at once, in a stable order, however many processes share the work.

    A finding that the base draws as well is marked: the change is not to blame for it. Unless told, there are
    as many processes as cores where there is much to do. What can be told of the models that were looked at
    is added to `told`.
    """
    skipped: dict[str, str] = {}
    findings = set(_findings(rules, context, context.models, skipped, processes, told))
    if findings and context.before is not context.after:
        unchanged = replace(context, changes=changes.between(context.before, context.before), everything=True)
        again = [rule for rule in rules if rule.id in {finding.rule for finding in findings}]
        # Of the base's models only those need to be read whose files have findings.
        named = {name for finding in findings for name in finding.path.split("/")[2:3]}
        models = [model for name, model in context.before.models.items() if name in named]
        before = set(_findings(again, unchanged, models, {}, processes))
        findings = {replace(finding, on_base=finding in before) for finding in findings}
    return Report(tuple(sorted(findings)), tuple(skipped.items()), context.classes, tuple(rules))


@dataclass(frozen=True)
class _Part(Context):
    part: tuple[Model, ...] = ()

    @cached_property
    def models(self) -> tuple[Model, ...]:
        return self.part


def _findings(
    rules: Sequence[Rule],
    context: Context,
    models: Sequence[Model],
    skipped: dict[str, str],
    processes: int,
    told: Told | None = None,
) -> Iterator[Finding]:
    """Give what the rules find in these models, and, of rules that are not by model, in all."""
    shared = [rule for rule in rules if rule in MODELWISE]
    others = [rule for rule in rules if rule not in MODELWISE]
    given = {field.name: getattr(context, field.name) for field in fields(context)}
    parts = _parts(models)

    def judge(number: int) -> _Seen:
        if number == 0:
            return (*_look(others, context), {})
        # What is read of a part is forgotten with it.
        part = parts[number - 1] if len(parts) == 1 else [replace(model) for model in parts[number - 1]]
        seen = _look(shared, _Part(**given, part=tuple(part)))
        return (*seen, {} if told is None else _told(part))

    many = len(parts) > 1
    each = sharing.each(judge, len(parts) + 1, (processes or sharing.cores()) if many else 1)
    severities = {rule.id: rule.severity for rule in rules}
    unavailable: dict[str, str] = {}
    for found, missing, facts in each:
        if told is not None:
            told.update(facts)
        for rule_id, why in missing:
            unavailable.setdefault(rule_id, why)
        for path, line, column, rule_id, message, hint, may in found:
            asked = Approvals.model_validate(may) if may is not None else None
            yield Finding(path, line, column, rule_id, message, hint, severities[rule_id], approvals=asked)
    skipped.update((rule_id, unavailable[rule_id]) for rule_id in severities if rule_id in unavailable)


def _parts(models: Sequence[Model]) -> list[list[Model]]:
    """Divide models into parts of about as many files; the same parts for the same models."""
    parts: list[list[Model]] = [[]]
    files = 0
    for model in models:
        if files >= _PART:
            parts.append([])
            files = 0
        parts[-1].append(model)
        files += len(model.paths)
    return parts


def _told(models: Sequence[Model]) -> Told:
    return {
        model.name: [
            pointer.value.out.md5
            for version in model.versions.values()
            for pointer in version.pointers
            if pointer.value is not None
        ]
        for model in models
        if not lineage.leans(model)
    }


def _plain(rule: Rule, problem: Problem) -> _Found:
    asked = problem.approvals
    may = asked.model_dump(by_alias=True) if asked is not None else None
    return (problem.path, *problem.position, rule.id, problem.message, problem.hint, may)


def _look(rules: Sequence[Rule], context: Context) -> tuple[list[_Found], list[tuple[str, str]]]:
    found: list[_Found] = []
    missing: list[tuple[str, str]] = []
    for rule in rules:
        try:
            found.extend(_plain(rule, problem) for problem in rule.look(context))
        except UnavailableError as error:
            missing.append((rule.id, str(error)))
    return found, missing
