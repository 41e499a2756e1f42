"""What another tool finds in workflows: zizmor, with all that it can tell without a network."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from modelry.checks.base import Problem, Rule, UnavailableError, rule
from modelry.doctor import jobs, pins
from modelry.doctor.base import Setup

OURS: Mapping[str, tuple[Rule[Setup], ...]] = {
    "artipacked": (jobs.checkout_keeps_credentials,),
    "cache-poisoning": (jobs.cache_in_publishing,),
    "dangerous-triggers": (jobs.privileged_trigger,),
    "dependabot-cooldown": (pins.update_without_cooldown,),
    "excessive-permissions": (jobs.permissions_not_empty,),
    "overprovisioned-secrets": (jobs.secret_in_pull_request,),
    "ref-version-mismatch": (pins.action_not_pinned, pins.checkout_too_old),
    "secrets-inherit": (jobs.secret_in_pull_request,),
    "secrets-outside-env": (jobs.secret_in_pull_request, jobs.static_cloud_key),
    "self-hosted-runner": (jobs.self_hosted_in_public,),
    "template-injection": (jobs.event_in_script,),
    "unpinned-uses": (pins.action_not_pinned,),
    "use-trusted-publishing": (jobs.static_cloud_key,),
}
"""Audits that say what a rule of ours says: where that one has spoken of a file, they need not."""


@rule("audit-finding")
def audit_finding(setup: Setup) -> Iterator[Problem]:
    """The auditor zizmor finds something in a workflow.

    It knows forty ways in which workflows were attacked, and is asked offline, as an auditor. Its page on each tells why and what to
    do: https://docs.zizmor.sh/audits/. Install it by `pip install zizmor`; what is right as it is can be excused in the
    workflow, with a reason, by `# zizmor: ignore[AUDIT]`. (D25)
    """
    if setup.audit is None:
        raise UnavailableError("zizmor is not installed: pip install zizmor")
    told: dict[str, frozenset[str]] = {}
    for remark in setup.audit():
        for one in OURS.get(remark.audit, ()):
            if one.id not in told:
                told[one.id] = _paths(one, setup)
        if not any(remark.problem.path in told[one.id] for one in OURS.get(remark.audit, ())):
            yield remark.problem


def _paths(one: Rule[Setup], setup: Setup) -> frozenset[str]:
    found: set[str] = set()
    with suppress(UnavailableError):  # what it found until then is found
        found.update(problem.path for problem in one.look(setup))
    return frozenset(found)
