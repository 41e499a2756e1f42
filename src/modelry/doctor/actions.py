"""What the repository lets its workflows do: the token, the actions, the forks."""

from collections.abc import Iterator

from modelry.checks.base import Problem, rule
from modelry.doctor.base import Setup

_CALL = "modelry doctor --fix prints the call"


@rule("fork-runs-unapproved")
def fork_runs_unapproved(setup: Setup) -> Iterator[Problem]:
    """A stranger's pull request runs workflows before anybody has looked at it.

    By default only a first pull request waits, so one mended typo opens the door for good. Let all outside
    collaborators wait for an approval; in a private repository give forks no secrets and no token that writes. (D18)
    """
    if setup.answer("repository")["private"].value is True:
        forks = setup.answer("actions/permissions/fork-pr-workflows-private-repos")
        if forks["run_workflows_from_fork_pull_requests"].value is False:
            return
        for key, wanted in PRIVATE_FORKS.items():
            if forks[key].value is not wanted:
                yield forks[key].problem(f"`{key}` lets a fork do more than it needs", _CALL)
        return
    policy = setup.answer("actions/permissions/fork-pr-contributor-approval")["approval_policy"]
    if policy.text != APPROVAL:
        yield policy.problem("a stranger's second pull request runs unseen", _CALL)


APPROVAL = "all_external_contributors"
PRIVATE_FORKS = {
    "send_write_tokens_to_workflows": False,
    "send_secrets_and_variables": False,
    "require_approval_for_fork_pr_workflows": True,
}


@rule("token-too-strong")
def token_too_strong(setup: Setup) -> Iterator[Problem]:
    """The token that jobs get may write by default, or may approve pull requests.

    A workflow that forgets `permissions` then writes to the repository, and one that approves replaces the person who
    should. Set the default to read, and take the right to approve away. (D19)
    """
    token = setup.answer("actions/permissions/workflow")
    if token["default_workflow_permissions"].text != "read":
        yield token["default_workflow_permissions"].problem("a job's token may write by default", _CALL)
    if token["can_approve_pull_request_reviews"].value is not False:
        yield token["can_approve_pull_request_reviews"].problem("a job may approve a pull request", _CALL)


@rule("any-action-allowed")
def any_action_allowed(setup: Setup) -> Iterator[Problem]:
    """Workflows may call any action, or one that is not pinned.

    With a list, a workflow that slips through review cannot call what nobody has looked at, and the forge itself refuses
    a tag. Allow selected actions only, by name, and require full commit ids. (D20)
    """
    actions = setup.answer("actions/permissions")
    if actions["enabled"].value is not True:
        yield actions["enabled"].problem("no workflow runs at all", _CALL)
        return
    if actions["allowed_actions"].text not in {"selected", "local_only"}:
        yield actions["allowed_actions"].problem("workflows may call any action", _CALL)
    elif actions["allowed_actions"].text == "selected":
        allowed = setup.answer("actions/permissions/selected-actions")
        if allowed["verified_allowed"].value is not False:
            yield allowed["verified_allowed"].problem("actions of every verified owner are allowed", _CALL)
        for pattern in allowed["patterns_allowed"]:
            if pattern.text.strip("*/@") == "":
                yield pattern.problem(f"the pattern {pattern.text} allows any action", _CALL)
    if actions["sha_pinning_required"].value is not True:
        yield actions["sha_pinning_required"].problem("the forge takes actions that are not pinned", _CALL)
