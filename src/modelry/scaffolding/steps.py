"""What is left to do when the files are written: numbered, short, each line as one types it."""

from collections.abc import Iterator, Sequence

from modelry.model.scaffold import Answers


def steps(answers: Answers, *, has_git: bool, has_origin: bool) -> Sequence[str]:
    """Give the steps from written files to a working registry; each may have several lines."""
    left = [_commit(has_git=has_git), *_pushed(answers, has_origin=has_origin), *_remote(answers)]
    left += {"github": _github, "gitlab": _gitlab, "local": _local}[answers.forge](answers)
    return [f"{number}. {step}".replace("\n", "\n   ") for number, step in enumerate(left, 1)]


def _commit(*, has_git: bool) -> str:
    begin = "" if has_git else "git init --initial-branch=main\n"
    return f"Look at registry/registry.yaml, then commit:\n{begin}git add --all\ngit commit --message 'Begin the registry'"


def _pushed(answers: Answers, *, has_origin: bool) -> Iterator[str]:
    if has_origin:
        yield "Push, while main is still open to it:\ngit push --set-upstream origin HEAD"
    elif answers.forge == "local":
        yield "If others work here too, push to a bare repository:\ngit remote add origin URL\ngit push --set-upstream origin HEAD"
    else:
        add = f"git remote add origin {answers.repository}.git"
        yield f"Make an empty repository on {answers.forge}, and push:\n{add}\ngit push --set-upstream origin HEAD"


def _remote(answers: Answers) -> Iterator[str]:
    if answers.is_inside:
        yield (
            "Artifacts will lie in this repository, below registry/.artifacts: enough to try it, and for models of a few MB.\n"
            "For more, name a bucket in registry/registry.yaml and in .dvc/config."
        )


def _github(answers: Answers) -> Iterator[str]:
    name = answers.repository.split("/", 3)[-1]
    api = f"gh api --method POST repos/{name}"
    put = f"gh api --method PUT repos/{name}"
    if not answers.owners:
        yield "Nobody is named yet to review policy and workflows. With the team's name:\nmodelry init --update --owner @ORG/TEAM"
    files = ("main", "tags", "merge-queue", "pushes")
    yield (
        "Protect main and tags. Plans without a merge queue or push rules refuse the last two, and that is all right:\n"
        + "\n".join(f"{api}/rulesets --input .github/rulesets/{file}.json" for file in files)
    )
    yield (
        "Let workflows read unless they say otherwise, and approve nothing:\n"
        f"{put}/actions/permissions/workflow -f default_workflow_permissions=read -F can_approve_pull_request_reviews=false"
    )
    yield (
        "Let a merge be one commit that says what the pull request says:\n"
        f"gh api --method PATCH repos/{name} -F allow_squash_merge=true -F allow_merge_commit=false -F allow_rebase_merge=false"
        " -f squash_merge_commit_title=PR_TITLE -f squash_merge_commit_message=PR_BODY -F delete_branch_on_merge=true"
    )
    yield (
        "Publish the catalog by Pages, and once more what the first push could not:\n"
        f"{api}/pages -f build_type=workflow\ngh workflow run publish --repo {name}"
    )
    only = "-F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'"
    yield (
        "Let the audit, and promotions to production, run from main only; those by two people:\n"
        f"{put}/environments/audit {only}\n"
        f"{api}/environments/audit/deployment-branch-policies -f name=main\n"
        f"{put}/environments/production {only} -F prevent_self_review=true{_reviewer(answers)}\n"
        f"{api}/environments/production/deployment-branch-policies -f name=main"
    )
    yield f"Make the label of the issue form:\ngh label create register --repo {name} --force"
    if not answers.is_inside:
        yield 'Give CI the right to read the remote: the page "GitHub" of the guide, "Rights to the remote".'
    yield "Register the first model: README.md says how. Then see that nobody can go around it:\nmodelry doctor --ask"


def _reviewer(answers: Answers) -> str:
    """Give the reviewer of an environment, whom the API knows by a number: the first owner that is an account or a team."""
    owner = next((each.removeprefix("@") for each in answers.owners if each.startswith("@")), "")
    if not owner:
        return ""
    organization, _, team = owner.partition("/")
    place = f"orgs/{organization}/teams/{team}" if team else f"users/{organization}"
    kind = "Team" if team else "User"
    return f" -f 'reviewers[][type]={kind}' -F \"reviewers[][id]=$(gh api {place} --jq .id)\""


def _gitlab(answers: Answers) -> Iterator[str]:
    if not answers.owners:
        yield "Nobody is named to review policy and pipelines yet. With the group's name:\nmodelry init --update --owner @GROUP"
    yield "Protect main, require a pipeline and an approval, publish Pages: how-to/gitlab.md says where."
    yield "Register the first model: README.md says how."


def _local(_: Answers) -> Iterator[str]:
    yield "Register the first model: README.md says how. `modelry merge BRANCH` is the merge button."
