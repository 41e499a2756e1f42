"""What holds of main: the ruleset, who may go around it, the check and the approvals that it asks for."""

from collections.abc import Iterator

from modelry.checks.base import Problem, Severity, rule
from modelry.doctor import rulesets, workflows
from modelry.doctor.base import Piece, Setup, UnseenError
from modelry.model import layout

_FIX = "replace the ruleset: modelry doctor --fix prints the call"
_OTHERS = {"required_status_checks", "required_approving_review_count", "require_last_push_approval"}
"""Of these, rules of their own speak."""
_NEEDED = 2


@rule("required-check-missing")
def required_check_missing(setup: Setup) -> Iterator[Problem]:
    """The check that main requires is not there, does not run in the merge queue, or could be reported by anybody.

    A required check without a job waits for ever, or has been taken off the list for that; one that does not run on
    `merge_group` stops the queue; one without its app can be reported by whoever may set a status. Let a job
    called `registry` run on pull_request and merge_group, and require it from GitHub Actions. (D13)
    """
    if not setup.is_github:
        return
    yield from _without_job(setup, rulesets.CHECK)
    asking = rulesets.rules(rulesets.of_main(setup), "required_status_checks")
    if not asking:
        return  # of that, `ruleset-weakened` speaks
    checks = [check for one in asking for check in one["parameters"]["required_status_checks"]]
    if not any(check["context"].text == rulesets.CHECK for check in checks):
        yield asking[0].problem(f"main does not require the check {rulesets.CHECK}", _FIX)
    for check in checks:
        if check["integration_id"].value != rulesets.ACTIONS:
            yield check.problem(
                f"anybody may report the check {check['context'].text}", f"name its app: {rulesets.ACTIONS}"
            )
        if check["context"].text != rulesets.CHECK:
            yield from _without_job(setup, check["context"].text, check)


def _without_job(setup: Setup, name: str, required: Piece | None = None) -> Iterator[Problem]:
    """Say what is wrong with the job of a required check."""
    making = [
        workflow
        for workflow in workflows.workflows(setup)
        if "pull_request" in workflow.triggers and any(job.check == name for job in workflow.jobs)
    ]
    for workflow in making:
        if "merge_group" not in workflow.triggers:
            yield workflow.top["on"].problem(
                f"the required check {name} does not run in the merge queue", "add the trigger merge_group"
            )
    if making:
        return
    told = f"no job called {name} runs on pull requests"
    if required is not None:
        yield required.problem(told, "take the check off the ruleset, or name the job so")
    else:
        yield Problem(f"{workflows.HOME}check.yml", told, hint="write the workflows: modelry init --update")


@rule("ruleset-weakened")
def ruleset_weakened(setup: Setup) -> Iterator[Problem]:
    """The ruleset of main asks less than the one that modelry makes.

    Each of its rules closes a way around the registry's own: to push to main, to rewrite or delete what is there, to merge
    what was checked before main moved, to merge in another way than by one commit. Replace it by the one that
    `modelry doctor --fix` prints; in `.github/rulesets/` lie those that it is made from. (D14)
    """
    yield from _in_files(setup)
    found = rulesets.of_main(setup)
    if not found:
        yield setup.answer("rulesets").problem("no active ruleset holds for main", _FIX)
        return
    for name in asked(setup):
        for piece, key, kind in rulesets.differing(found, rulesets.wanted(name)):
            if key not in _OTHERS:
                yield piece.problem(_weaker(key, kind), _FIX)


def _in_files(setup: Setup) -> Iterator[Problem]:
    """Say where the rulesets that lie in the repository, to be made from, ask less than those that modelry writes."""
    for name in rulesets.NAMES:
        sheet = setup.sheets.get(f"{rulesets.HOME}{name}.json")
        if sheet is not None and not sheet.faults:
            for piece, key, kind in rulesets.differing([sheet.top], rulesets.wanted(name)):
                yield piece.problem(_weaker(key, kind), "modelry init --update brings it back")


def _weaker(key: str, kind: str) -> str:
    return f"`{key}` of {kind} is weaker than it should be" if key else f"the rule {kind} is missing"


def asked(setup: Setup) -> tuple[rulesets.Name, ...]:
    """Give what is asked of main; a merge queue only where the forge has one for everybody: organizations, in public."""
    repository = setup.answer("repository")
    is_theirs = repository["owner"]["type"].text == "Organization"
    return ("main", "merge-queue") if is_theirs and repository["private"].value is False else ("main",)


@rule("ruleset-bypassed")
def ruleset_bypassed(setup: Setup) -> Iterator[Problem]:
    """Somebody may go around a ruleset.

    What one person or one app may skip, one stolen password may skip. In an emergency an administrator can switch the
    ruleset off, which the audit log tells. Empty `bypass_actors`. (D15)
    """
    for path in (f"{rulesets.HOME}{name}.json" for name in rulesets.NAMES):
        actors = setup.sheets[path].top["bypass_actors"] if path in setup.sheets else None
        if actors is not None and list(actors):
            yield actors.problem(f"{len(list(actors))} would go around the ruleset", "empty the list")
    for ruleset in rulesets.rulesets(setup):
        actors = ruleset["bypass_actors"]
        if "bypass_actors" not in ruleset:
            name = ruleset["name"].text
            raise UnseenError(
                f"could not look: who may go around {name} is told to those only who may change it"
            )
        if actors.value != []:
            yield actors.problem(
                f"{len(list(actors))} may go around the ruleset {ruleset['name'].text}", _FIX
            )


@rule("approval-missing")
def approval_missing(setup: Setup) -> Iterator[Problem]:
    """Main takes a change that nobody but its author has seen.

    Without an approval, or with one that was given before the last push, the author decides alone. Require at least
    one approval, of the last push, by somebody else. (D17)
    """
    found = rulesets.of_main(setup)
    if not found or not rulesets.rules(found, "pull_request"):
        return  # of that, `ruleset-weakened` speaks
    rules = rulesets.wanted("main")["rules"]
    (parameters,) = (one["parameters"] for one in rules if one["type"] == "pull_request")
    there = rulesets.rules(found, "pull_request")[0]["parameters"]
    for key, told in (
        ("required_approving_review_count", "main asks for no approval"),
        ("require_last_push_approval", "who pushed last may approve"),
    ):
        if not rulesets.holds(found, "pull_request", key, parameters[key]):
            yield there[key].problem(told, _FIX)


@rule("last-stage-approved-by-one", Severity.PERSON)
def last_stage_approved_by_one(setup: Setup) -> Iterator[Problem]:
    """The last stage, mostly production, is given with fewer than two approvals, or by its author.

    What is promoted is what everybody uses. Two people who look are more than one who is in a hurry; a team of one has
    no second. Write `approvals: {count: 2}` for the last stage in `registry.yaml`, without `author_may_approve`. (D17)
    """
    if setup.policy is None or not setup.policy.stages:
        return
    stage = setup.policy.stages[-1]
    at = setup.sheets[layout.POLICY].top["stages"][len(setup.policy.stages) - 1]
    if stage.approvals is None or stage.approvals.count < _NEEDED:
        yield at["approvals"].problem(
            f"{stage.name} is given with fewer than two approvals", "write approvals: {count: 2}"
        )
    elif stage.approvals.author_may_approve:
        yield at["approvals"].problem(f"{stage.name} may be approved by its author", "take that away")
