"""What else the forge keeps or does: tags, pushes, secrets that are found, pages, releases."""

from collections.abc import Iterator

from modelry.checks.base import Problem, rule
from modelry.doctor import rulesets, workflows
from modelry.doctor.base import Setup, UnseenError

_CALL = "modelry doctor --fix prints the call"
_MEBIBYTES = 100
"""The largest file that GitHub takes; a limit above it is none."""


@rule("tag-movable")
def tag_movable(setup: Setup) -> Iterator[Problem]:
    """A tag can be moved or deleted.

    Tags tell GTO, DVC and people which commit a version is; one that moves gives another model under the same name. Protect all
    tags by a ruleset against update, deletion and force. (D21)
    """
    found = rulesets.of_tags(setup)
    if not found:
        yield setup.answer("rulesets").problem("no active ruleset holds for tags", _CALL)
        return
    for piece, _, kind in rulesets.differing(found, rulesets.wanted("tags")):
        yield piece.problem(f"tags: the rule {kind} is missing", _CALL)


@rule("secret-can-be-pushed")
def secret_can_be_pushed(setup: Setup) -> Iterator[Problem]:
    """The forge does not look for secrets in what is pushed.

    A key in a commit is read by robots within minutes, and deleting it does not unread it. Switch secret scanning and its push
    protection on. (D22)
    """
    repository = setup.answer("repository")
    if "security_and_analysis" not in repository:
        raise UnseenError("could not look: repository: secret scanning is told to administrators only")
    for key in ("secret_scanning", "secret_scanning_push_protection"):
        status = repository["security_and_analysis"][key]["status"]
        if status.text != "enabled":
            yield status.problem(f"`{key}` is off", _CALL)


@rule("pages-not-from-actions")
def pages_not_from_actions(setup: Setup) -> Iterator[Problem]:
    """The catalog's site is not built by the workflow, not behind HTTPS, or on a domain that others can take.

    A site that is built from a branch shows what was pushed there, checked or not. A domain that is not verified can be claimed
    by somebody else's repository once a record is left over. Set the source to GitHub Actions, enforce HTTPS, and verify the domain. (D23)
    """
    pages = setup.optional("pages")
    if pages is None:
        deploying = (
            step["uses"]
            for step in workflows.steps(setup)
            if step["uses"].text.startswith("actions/deploy-pages@")
        )
        for uses in deploying:
            yield uses.problem("the site is deployed to Pages, which are switched off", _CALL)
        return
    if pages["build_type"].text != "workflow":
        yield pages["build_type"].problem("the site is built from a branch", _CALL)
    if pages["https_enforced"].value is not True:
        yield pages["https_enforced"].problem("the site is served without HTTPS as well", _CALL)
    if pages["cname"].text and pages["protected_domain_state"].text != "verified":
        yield pages["cname"].problem(
            f"the domain {pages['cname'].text} is not verified",
            "verify it in the settings of the organization, under Pages",
        )


@rule("weights-can-be-pushed")
def weights_can_be_pushed(setup: Setup) -> Iterator[Problem]:
    """Weights can be pushed into git.

    What is in git's history stays there, for everybody who clones, and cannot be taken back. In private and internal repositories
    of organizations the forge can refuse large files and the endings of weights; elsewhere `modelry check` does, when it is too late for
    the branch. Add a push ruleset. (D24)
    """
    repository = setup.answer("repository")
    is_theirs = repository["owner"]["type"].text == "Organization"
    if repository["private"].value is False or not is_theirs:
        return
    found = rulesets.active(setup, "push")
    if not found:
        yield setup.answer("rulesets").problem("no push ruleset keeps weights out", _CALL)
        return
    for kind in ("max_file_size", "file_extension_restriction"):
        if not rulesets.rules(found, kind):
            yield found[0]["rules"].problem(f"pushes: the rule {kind} is missing", _CALL)
    sizes = [one["parameters"]["max_file_size"] for one in rulesets.rules(found, "max_file_size")]
    if sizes and not any(isinstance(size.value, int) and 0 < size.value < _MEBIBYTES for size in sizes):
        yield sizes[0].problem("files of any size may be pushed", _CALL)


@rule("release-replaceable")
def release_replaceable(setup: Setup) -> Iterator[Problem]:
    """A release's files can be replaced after it was published.

    Who downloads the same release twice gets two things, and neither is what was reviewed. Switch immutable releases on. (D26)
    """
    releases = setup.optional("immutable-releases")
    if releases is None:
        yield setup.given("immutable-releases").problem("releases are not immutable", _CALL)
    elif releases["enabled"].value is not True:
        yield releases["enabled"].problem("releases are not immutable", _CALL)
