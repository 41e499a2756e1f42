"""What of the findings only the forge can hold: the calls of its API that mend them, as values."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from modelry.checks.base import UnavailableError
from modelry.doctor import actions, branches, environments, rulesets, services, workflows
from modelry.doctor.base import Piece, Setup


class Call(NamedTuple):
    """One request to the forge's API."""

    method: str
    endpoint: str
    """Below repos/OWNER/NAME; empty for that itself."""
    body: Mapping[str, Any] | None
    note: str = ""
    """What somebody must fill in or know before it is sent."""


def calls(setup: Setup, rules: frozenset[str]) -> list[Call]:
    """Give the calls that mend what these rules found in the settings; none twice."""
    made: list[Call] = []
    for rule, make in CALLS.items():
        if rule in rules:
            try:
                made += [call for call in make(setup) if call not in made]
            except UnavailableError:
                continue  # what could not be seen cannot be mended by reading, changing and writing it
    return made


def _main(setup: Setup) -> Iterator[Call]:
    """Make what is asked of main, or write it into the rulesets that ask for it in part: each once, since a write replaces all."""
    found = rulesets.of_main(setup)
    into: dict[str, tuple[list[Piece], Mapping[str, Any]]] = {}
    for name in branches.asked(setup):
        asked = rulesets.wanted(name)
        kinds = {rule["type"] for rule in asked["rules"]}
        like = [one for one in found if kinds & {rule["type"].text for rule in one["rules"]}]
        there = (like or rulesets.named(setup, asked["name"]))[:1]
        key = there[0].name if there else name
        others = into[key][1]["rules"] if key in into else []
        into[key] = there, {**asked, "rules": [*others, *asked["rules"]]}
    for there, asked in into.values():
        yield from _replaced(there, asked)


def _bypassed(setup: Setup) -> Iterator[Call]:
    main = list(_main(setup))
    for ruleset in rulesets.rulesets(setup):
        if ruleset["bypass_actors"].value != []:
            there = [call for call in main if call.endpoint == ruleset.name]
            yield from there or [_put(ruleset, {**_writable(ruleset), "bypass_actors": []})]


def _tags(setup: Setup) -> Iterator[Call]:
    asked = rulesets.wanted("tags")
    yield from _replaced(rulesets.of_tags(setup) or rulesets.named(setup, asked["name"]), asked)


def _pushes(setup: Setup) -> Iterator[Call]:
    asked = rulesets.wanted("pushes")
    yield from _replaced(rulesets.active(setup, "push") or rulesets.named(setup, asked["name"]), asked)


_WRITABLE = ("name", "target", "enforcement", "bypass_actors", "conditions", "rules")


def _writable(ruleset: Piece) -> dict[str, Any]:
    return {key: ruleset[key].value for key in _WRITABLE if key in ruleset}


def _replaced(found: list[Piece], wanted: Mapping[str, Any]) -> Iterator[Call]:
    """Make a ruleset, or write one back with what it lacks: a write replaces all of it, so what else it says is kept."""
    if not found:
        yield Call("POST", "rulesets", wanted)
        return
    there = _writable(found[0])
    rules = {one["type"].text: one for one in found[0]["rules"]}
    merged = [_merged(rules.pop(one["type"], None), one) for one in wanted["rules"]]
    kept = [one.value for one in rules.values()]
    named = ("conditions", "enforcement", "bypass_actors")
    made = {**there, **{key: wanted[key] for key in named if key in wanted}, "rules": merged + kept}
    if made != there:
        yield _put(found[0], made)


def _put(ruleset: Piece, body: Mapping[str, Any]) -> Call:
    source = ruleset["source_type"].text
    note = f"it belongs to the {source.lower()}: change it there" if source not in {"", "Repository"} else ""
    return Call("PUT", ruleset.name, body, note)


def _merged(there: Piece | None, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a rule that asks what is wanted, and what it asked already where that is more."""
    if there is None or "parameters" not in wanted:
        return wanted
    parameters = {**there["parameters"].fields}
    made = {key: piece.value for key, piece in parameters.items()}
    for key, value in wanted["parameters"].items():
        if key == "required_status_checks":
            others = [
                check.value for check in there["parameters"][key] if check["context"].text != rulesets.CHECK
            ]
            made[key] = [
                *value,
                *(
                    {**check, "integration_id": rulesets.ACTIONS}
                    for check in others
                    if isinstance(check, dict)
                ),
            ]
        elif not rulesets.is_enough(made.get(key), value):
            made[key] = value
    return {"type": wanted["type"], "parameters": made}


def _environments(setup: Setup) -> Iterator[Call]:
    for name, place in environments.used(setup).items():
        if any(environments.faults(setup, name, place)):
            yield from _environment(setup, name, environments.there(setup, name))


def _environment(setup: Setup, name: str, there: Piece | None) -> Iterator[Call]:
    """Write an environment back with what it lacks: a write replaces all of it, so what else it says is kept."""
    rules = {one["type"].text: one for one in there["protection_rules"]} if there is not None else {}
    reviewers = [
        {"type": one["type"].value, "id": one["reviewer"]["id"].value}
        for rule in rules.values()
        for one in rule["reviewers"]
    ]
    branches_of = there["deployment_branch_policy"].value if there is not None else None
    is_stage = name in environments.stages(setup)
    where = f"environments/{quote(name, safe='')}"
    body = {
        "wait_timer": rules["wait_timer"]["wait_timer"].value if "wait_timer" in rules else 0,
        "prevent_self_review": is_stage,
        "reviewers": reviewers,
        "deployment_branch_policy": branches_of
        or {"protected_branches": False, "custom_branch_policies": True},
    }
    yield Call("PUT", where, body, _REVIEWER if is_stage and not reviewers else "")
    if branches_of is None:
        main = setup.answer("repository")["default_branch"].text or "main"
        yield Call("POST", f"{where}/deployment-branch-policies", {"name": main})


_REVIEWER = 'name a reviewer first, {"type": "Team", "id": ...}: gh api orgs/OWNER/teams --jq ".[]|{slug,id}"'


def _forks(setup: Setup) -> Iterator[Call]:
    home = "actions/permissions"
    if setup.answer("repository")["private"].value is True:
        forks = setup.answer(f"{home}/fork-pr-workflows-private-repos")
        runs = forks["run_workflows_from_fork_pull_requests"].value is not False
        body = {"run_workflows_from_fork_pull_requests": runs, **actions.PRIVATE_FORKS}
        yield Call("PUT", f"{home}/fork-pr-workflows-private-repos", body)
    else:
        yield Call("PUT", f"{home}/fork-pr-contributor-approval", {"approval_policy": actions.APPROVAL})


def _token(_: Setup) -> Iterator[Call]:
    body = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
    yield Call("PUT", "actions/permissions/workflow", body)


def _allowed(setup: Setup) -> Iterator[Call]:
    home = "actions/permissions"
    called = {step["uses"].text.partition("@")[0] for step in workflows.steps(setup)}
    others = {
        name for name in called if "/" in name and not name.startswith((".", "$", "actions/", "github/"))
    }
    patterns = sorted(f"{name}@*" for name in others if "://" not in name)
    there = setup.answer(home)
    local = there["allowed_actions"].text == "local_only"
    body = {"enabled": True, "allowed_actions": "local_only" if local else "selected"}
    yield Call("PUT", home, {**body, "sha_pinning_required": True})
    if not local:
        selected = {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": patterns}
        yield Call("PUT", f"{home}/selected-actions", selected)


def _secrets(_: Setup) -> Iterator[Call]:
    on = {"status": "enabled"}
    yield Call(
        "PATCH",
        "",
        {"security_and_analysis": {"secret_scanning": on, "secret_scanning_push_protection": on}},
        "a private repository needs GitHub's Secret Protection for it",
    )


def _pages(setup: Setup) -> Iterator[Call]:
    if setup.optional("pages") is None:
        yield Call("POST", "pages", {"build_type": "workflow"})
    else:
        yield Call("PUT", "pages", {"build_type": "workflow", "https_enforced": True})


def _releases(_: Setup) -> Iterator[Call]:
    yield Call("PUT", "immutable-releases", None)


CALLS: Mapping[str, Callable[[Setup], Iterator[Call]]] = {
    environments.environment_unprotected.id: _environments,
    branches.required_check_missing.id: _main,
    branches.ruleset_weakened.id: _main,
    branches.approval_missing.id: _main,
    branches.ruleset_bypassed.id: _bypassed,
    actions.fork_runs_unapproved.id: _forks,
    actions.token_too_strong.id: _token,
    actions.any_action_allowed.id: _allowed,
    services.tag_movable.id: _tags,
    services.secret_can_be_pushed.id: _secrets,
    services.pages_not_from_actions.id: _pages,
    services.weights_can_be_pushed.id: _pushes,
    services.release_replaceable.id: _releases,
}
"""What mends which rule's findings in the settings."""
