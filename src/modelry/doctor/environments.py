"""The environments of the forge: from where one may deploy, and who must say yes."""

import re
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
    for name, place in used(setup).items():
        yield from faults(setup, name, place)


def faults(setup: Setup, name: str, place: Piece) -> Iterator[Problem]:
    """Say what is wrong with an environment that is named at a place."""
    found = there(setup, name)
    if found is None:
        yield place.problem(f"the environment {name} is not there: anybody's job makes it, open", _CALL)
        return
    if found["deployment_branch_policy"].value is None:
        yield found["deployment_branch_policy"].problem(f"any branch may deploy to {name}", _CALL)
    if name in stages(setup):
        yield from _reviewed(found)


def there(setup: Setup, name: str) -> Piece | None:
    """Give an environment of the forge; None where there is none."""
    known = setup.answer("environments")["environments"]
    return next((one for one in known if one["name"].text == name), None)


def used(setup: Setup) -> dict[str, Piece]:
    """Give the environments that workflows name, each with one place; `inputs.stage` is every stage with approvals.

    One that is for pull requests is none of them: it cannot be restricted to main, and must not hold what may write.
    """
    named: dict[str, Piece] = {}
    for_requests = workflows.of_requests(setup)
    for workflow in workflows.workflows(setup):
        if workflow in for_requests:
            continue
        for job in workflow.jobs:
            place = job.environment
            names = sorted(_asking(setup)) if _BY_STAGE.search(place.text) else [place.text]
            named |= {name: place for name in names if name and "${{" not in name}
    return named


_BY_STAGE = re.compile(r"\$\{\{\s*(github\.event\.)?inputs\.stage\s*\}\}")


def _asking(setup: Setup) -> set[str]:
    """Give the stages that policy gives by somebody's approval."""
    known = setup.policy.stages if setup.policy is not None else ()
    return {stage.name for stage in known if stage.approvals is not None}


def stages(setup: Setup) -> set[str]:
    """Give the stages that somebody must approve, and production however it is called there."""
    return {"production", *_asking(setup)}


def _reviewed(environment: Piece) -> Iterator[Problem]:
    name = environment["name"].text
    rules = [one for one in environment["protection_rules"] if one["type"].text == "required_reviewers"]
    if not any(list(one["reviewers"]) for one in rules):
        yield environment["protection_rules"].problem(f"nobody reviews what is deployed to {name}", _CALL)
    elif not any(one["prevent_self_review"].value is True for one in rules):
        yield rules[0]["prevent_self_review"].problem(f"who deploys to {name} may approve it", _CALL)
