"""What must hold: `ALL` rules, in the order in which they are explained, and `run`, which applies them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from modelry.checks import documents, gates, history, pointers, stages, tree
from modelry.checks.base import Context, Finding, Report, Rule, Severity, UnavailableError
from modelry.model import changes

__all__ = ["ALL", "Context", "Finding", "Report", "Rule", "Severity", "run"]

ALL: tuple[Rule, ...] = (
    tree.unexpected_file,
    tree.irregular_file,
    documents.invalid_document,
    documents.path_mismatch,
    documents.incomplete_version,
    documents.undefined_in_policy,
    documents.unknown_license,
    pointers.pointer_mismatch,
    pointers.folder_digest_mismatch,
    pointers.artifact_unreachable,
    pointers.remote_misfiled,
    history.version_altered,
    history.model_removed,
    history.mixed_change,
    stages.unknown_version,
    stages.digest_mismatch,
    stages.yanked_in_stage,
    stages.unknown_stage,
    stages.stale_promotion,
    gates.metric_misses_gate,
    gates.stage_skipped,
    gates.format_not_allowed,
    gates.approval_needed,
)


def run(rules: Sequence[Rule], context: Context) -> Report:
    """Apply rules to a change and report everything at once, in a stable order.

    A finding that the base draws as well is marked: the change is not to blame for it.
    """
    skipped: list[tuple[str, str]] = []
    findings = set(_findings(rules, context, skipped))
    if findings and context.before is not context.after:
        unchanged = replace(context, changes=changes.between(context.before, context.before), everything=True)
        before = set(
            _findings([rule for rule in rules if rule.id in {f.rule for f in findings}], unchanged, [])
        )
        findings = {replace(finding, on_base=finding in before) for finding in findings}
    return Report(tuple(sorted(findings)), tuple(skipped), context.changes.classes)


def _findings(rules: Sequence[Rule], context: Context, skipped: list[tuple[str, str]]) -> Iterator[Finding]:
    for rule in rules:
        try:
            for problem in rule.look(context):
                yield Finding(
                    problem.path,
                    problem.position.line,
                    problem.position.column,
                    rule.id,
                    problem.message,
                    problem.hint,
                    rule.severity,
                )
        except UnavailableError as error:
            skipped.append((rule.id, str(error)))
