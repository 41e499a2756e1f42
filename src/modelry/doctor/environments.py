"""The environments of the forge: from where one may deploy, and who must say yes."""

from collections.abc import Iterator

from modelry.checks.base import Problem, rule
from modelry.doctor import workflows
from modelry.doctor.base import Piece, Setup

_CALL = "modelry doctor --fix prints the call"


@rule("environment-unprotected")
def environment_unprotected(setup: Setup) -> Iterator[Problem]:
    """A workflow deploys to an environment that any branch may use, or to a stage without a reviewer.

    An environment holds the secrets and the cloud role of those who may publish. One that is not there is made, open to all,
    by the first job that names it. Restrict each to main; for one that is named as a stage require a reviewer other
    than who started it. (D09)
    """
    named = used(setup)
    if not named:
        return
    there = {one["name"].text: one for one in setup.answer("environments")["environments"]}
    for name, place in named.items():
        if name not in there:
            yield place.problem(f"the environment {name} is not there: anybody's job makes it, open", _CALL)
            continue
        if there[name]["deployment_branch_policy"].value is None:
            yield there[name]["deployment_branch_policy"].problem(f"any branch may deploy to {name}", _CALL)
        if name in stages(setup):
            yield from _reviewed(there[name])


def used(setup: Setup) -> dict[str, Piece]:
    """Give the environments that workflows name, each with one place; none that is found when the job runs."""
    return {
        job.environment.text: job.environment
        for workflow in workflows.workflows(setup)
        for job in workflow.jobs
        if job.environment.text and "${{" not in job.environment.text
    }


def stages(setup: Setup) -> set[str]:
    """Give the stages that somebody must approve, and production however it is called there."""
    known = setup.policy.stages if setup.policy is not None else ()
    return {"production", *(stage.name for stage in known if stage.approvals is not None)}


def _reviewed(environment: Piece) -> Iterator[Problem]:
    name = environment["name"].text
    rules = [one for one in environment["protection_rules"] if one["type"].text == "required_reviewers"]
    if not any(list(one["reviewers"]) for one in rules):
        yield environment["protection_rules"].problem(f"nobody reviews what is deployed to {name}", _CALL)
    elif not any(one["prevent_self_review"].value is True for one in rules):
        yield rules[0]["prevent_self_review"].problem(f"who deploys to {name} may approve it", _CALL)
