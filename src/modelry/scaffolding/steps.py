"""What is left to do when the files are written: numbered, short, each line as one types it."""

import json
from collections.abc import Iterator, Sequence

from modelry.model.scaffold import Answers
from modelry.scaffolding import shipped


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
    api = f"repos/{name}"
    if not answers.owners:
        yield "Nobody is named to review policy and workflows yet. With the team's name:\nmodelry init --update --owner @ORG/TEAM"
    yield (
        "Protect main and tags; the last two are refused by plans that do not have them, and that is all right:\n"
        + "\n".join(
            f"gh api --method POST {api}/rulesets --input .github/rulesets/{each}.json"
            for each in ("main", "tags", "merge-queue", "pushes")
        )
    )
    yield (
        "Let workflows read by default, and approve nothing:\n"
        f"gh api --method PUT {api}/actions/permissions/workflow -f default_workflow_permissions=read -F can_approve_pull_request_reviews=false"
    )
    yield f"Publish the catalog by Pages:\ngh api --method POST {api}/pages -f build_type=workflow"
    yield "Make the labels that the workflows use:\n" + "\n".join(
        f"gh label create {label['name']} --repo {name} --force --color {label['color']} --description '{label['description']}'"
        for label in json.loads(shipped.files("github")[".github/labels.json"])
    )
    if not answers.is_inside:
        yield 'Give CI its rights to the remote, through environments and variables: how-to/github.md, "Rights to the remote".'
    yield "Register the first model: README.md says how. Then see that nobody can go around it:\nmodelry doctor --ask"


def _gitlab(answers: Answers) -> Iterator[str]:
    if not answers.owners:
        yield "Nobody is named to review policy and pipelines yet. With the group's name:\nmodelry init --update --owner @GROUP"
    yield "Protect main, require a pipeline and an approval, publish Pages: how-to/gitlab.md says where."
    yield "Register the first model: README.md says how."


def _local(_: Answers) -> Iterator[str]:
    yield "Register the first model: README.md says how. `modelry merge BRANCH` is the merge button."
