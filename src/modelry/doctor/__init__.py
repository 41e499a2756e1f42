"""Whether nobody can go around the registry: `ALL` rules on how it is kept, and `run`, which applies them."""

from collections.abc import Sequence
from typing import NamedTuple

from modelry.checks.base import Rule, UnavailableError
from modelry.checks.findings import Finding, Report
from modelry.doctor import (
    actions,
    audits,
    branches,
    configurations,
    environments,
    jobs,
    owners,
    pins,
    services,
)
from modelry.doctor.base import Piece, Remark, Setup, Sheet, UnseenError

__all__ = ["ALL", "Diagnosis", "Piece", "Remark", "Setup", "Sheet", "run"]

ALL: tuple[Rule[Setup], ...] = (
    configurations.unreadable_configuration,
    jobs.permissions_not_empty,
    pins.action_not_pinned,
    pins.checkout_too_old,
    jobs.checkout_keeps_credentials,
    jobs.privileged_trigger,
    jobs.event_in_script,
    jobs.secret_in_pull_request,
    jobs.static_cloud_key,
    environments.environment_unprotected,
    jobs.self_hosted_in_public,
    jobs.cache_in_publishing,
    pins.update_without_cooldown,
    branches.required_check_missing,
    branches.ruleset_weakened,
    branches.ruleset_bypassed,
    owners.unowned_path,
    branches.approval_missing,
    branches.last_stage_approved_by_one,
    actions.fork_runs_unapproved,
    actions.token_too_strong,
    actions.any_action_allowed,
    services.tag_movable,
    services.secret_can_be_pushed,
    services.pages_not_from_actions,
    services.weights_can_be_pushed,
    audits.audit_finding,
    services.release_replaceable,
    configurations.secret_in_dvc_config,
    configurations.unsafe_dvc_setting,
)


class Diagnosis(NamedTuple):
    """What was found, and whether all could be seen that somebody wanted to see."""

    report: Report
    unseen: tuple[str, ...]
    """Rules that got no answer of a forge that was asked."""


def run(rules: Sequence[Rule[Setup]], setup: Setup) -> Diagnosis:
    """Apply rules; what was found until a rule could look no further is found."""
    findings: set[Finding] = set()
    skipped: list[tuple[str, str]] = []
    unseen: list[str] = []
    for rule in rules:
        try:
            for problem in rule.look(setup):
                findings.add(
                    Finding(
                        problem.path,
                        *problem.position,
                        rule.id,
                        problem.message,
                        problem.hint,
                        rule.severity,
                    )
                )
        except UnavailableError as error:
            skipped.append((rule.id, str(error)))
            unseen += [rule.id] if isinstance(error, UnseenError) else []
    report = Report(tuple(sorted(findings)), tuple(skipped), (), tuple(rules), "doctor")
    return Diagnosis(report, tuple(unseen))
