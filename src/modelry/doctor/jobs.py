"""What jobs may do, and what they do with what strangers send."""

import re
from collections.abc import Iterator

from modelry.checks.base import Problem, rule
from modelry.doctor import workflows
from modelry.doctor.base import Piece, Setup
from modelry.doctor.workflows import Workflow

_READS = frozenset({"read", "none"})
_PRIVILEGED = ("pull_request_target", "workflow_run", "issue_comment")
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_SENT = re.compile(r"\bgithub\s*(?:\.|\[\s*')\s*(event\b|head_ref\b)", re.IGNORECASE)
_SECRET = re.compile(r"\bsecrets\s*(?:\.\s*|\[\s*')([A-Za-z0-9_-]+)", re.IGNORECASE)
_ANY_SECRET = re.compile(r"\b(?:toJSON\s*\(\s*secrets\b|secrets\s*\[(?!\s*'))", re.IGNORECASE)
_KEY = re.compile(
    r"AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|(GCP|GOOGLE|GCS)_\w*(KEY|CREDENTIALS)\w*"
    r"|AZURE_(CREDENTIALS|CLIENT_SECRET)|AZURE_STORAGE_\w+",
    re.IGNORECASE,
)
_KEY_INPUTS = ("aws-access-key-id", "aws-secret-access-key", "credentials_json", "creds")
_CACHES = re.compile(r"actions/cache(/.*)?|\S*/cache-action|swatinem/rust-cache", re.IGNORECASE)
_CACHE_INPUTS = ("cache", "enable-cache", "bundler-cache")


@rule("permissions-not-empty")
def permissions_not_empty(setup: Setup) -> Iterator[Problem]:
    """A workflow does not begin with `permissions: {}`, or gives a job everything.

    Without it every job has what the repository's default gives, today or after somebody changed it. What is
    granted to each job by name can be reviewed. Write `permissions: {}` at the top and what a job needs into the job. (D01)
    """
    for workflow in workflows.workflows(setup):
        granted = workflow.top["permissions"]
        if granted.value != {}:
            yield granted.problem(
                "the workflow does not begin with `permissions: {}`",
                "write it at the top, and what a job needs into the job: modelry doctor --fix",
            )
        for job in workflow.jobs:
            given = job.top["permissions"]
            if given.text in {"write-all", "read-all"}:
                yield given.problem(
                    f"the job {job.id} may {given.text.removesuffix('-all')} everything",
                    "name what it needs: contents: read",
                )


@rule("checkout-keeps-credentials")
def checkout_keeps_credentials(setup: Setup) -> Iterator[Problem]:
    """A checkout leaves the job's token in `.git/config`.

    Whatever runs afterwards, or is uploaded with the folder, has it. Write `persist-credentials: false`. (D04)
    """
    for step in workflows.steps(setup):
        kept = step["with"]["persist-credentials"]
        is_checkout = step["uses"].text.partition("@")[0].lower() == "actions/checkout"
        if is_checkout and kept.value is not False and kept.text.lower() != "false":
            yield (kept if kept.value is not None else step["uses"]).problem(
                "the checkout leaves the job's token behind",
                "write `persist-credentials: false` below `with`: modelry doctor --fix",
            )


@rule("privileged-trigger")
def privileged_trigger(setup: Setup) -> Iterator[Problem]:
    """A workflow is started by a stranger and runs with secrets: pull_request_target, workflow_run, issue_comment.

    Such a run has the repository's secrets and a token that may write, and one line that touches the stranger's tree
    hands them over. Use `pull_request`, which has neither, and a job summary in place of a comment. (D05)
    """
    for workflow in workflows.workflows(setup):
        for name in _PRIVILEGED:
            if name in workflow.triggers:
                yield workflow.triggers[name].problem(
                    f"{name} runs with secrets whoever starts it", "use pull_request and merge_group"
                )


@rule("event-in-script")
def event_in_script(setup: Setup) -> Iterator[Problem]:
    """A script contains text of the event by `${{ github.event... }}`.

    The expression is put into the script before the shell reads it, so a pull request's title is a command. Hand
    it over as an environment variable, `env: TITLE: ${{ ... }}`, and write "$TITLE" in the script. (D06)
    """
    for step in workflows.steps(setup):
        for script in (step["run"], step["with"]["script"]):
            for expression in _EXPRESSION.findall(script.text):
                if _SENT.search(expression):
                    yield script.problem(
                        f"the script contains ${{{{ {expression.strip()} }}}}",
                        "hand it over by env, and write it as a variable in quotes",
                    )


@rule("secret-in-pull-request")
def secret_in_pull_request(setup: Setup) -> Iterator[Problem]:
    """A job that a pull request starts is given a secret.

    On a branch of the repository itself the pull request's own workflow file runs: who may push a branch may print the
    secret. Keep secrets to jobs on main, or use a short-lived role by OIDC that may only read. (D07)
    """
    for workflow in workflows.of_requests(setup):
        for piece in workflow.top.texts:
            if piece.name == "secrets" and piece.text == "inherit":
                yield piece.problem("all secrets are handed to a job of a pull request", _ON_MAIN)
            for name in _secrets(piece):
                if name.upper() != "GITHUB_TOKEN":
                    yield piece.problem(f"the secret {name} is given to a job of a pull request", _ON_MAIN)


_ON_MAIN = "use it in a workflow on main, or a role by OIDC that may only read"


@rule("static-cloud-key")
def static_cloud_key(setup: Setup) -> Iterator[Problem]:
    """A workflow uses a cloud's key that does not expire.

    A key that leaked in one run opens the remote until somebody notices. With OIDC the cloud gives each job a key of
    minutes, for that workflow on that branch only. Use the cloud's login action with a role, and `id-token: write`. (D08)
    """
    told = "use a role by OIDC: permissions `id-token: write` and the cloud's login action"
    for workflow in workflows.workflows(setup):
        for piece in workflow.top.texts:
            keys = [name for name in _secrets(piece) if _KEY.fullmatch(name)]
            if not keys and piece.name in _KEY_INPUTS and "with" in piece.keys:
                keys = [piece.name]
            for name in keys:
                yield piece.problem(f"{name} is a key that does not expire", told)
    for pipeline in workflows.pipelines(setup):
        for piece in pipeline.texts:
            if _KEY.fullmatch(piece.name) and "variables" in piece.keys and not piece.text.startswith("$"):
                yield piece.problem(
                    f"{piece.name} is a key, and everybody can read it",
                    "revoke it; use a role by OIDC: id_tokens",
                )


@rule("self-hosted-in-public")
def self_hosted_in_public(setup: Setup) -> Iterator[Problem]:
    """A public repository has runners of its own.

    Whoever opens a pull request runs code on that machine, and what it leaves there waits for the next job, with
    that one's secrets. Use runners that are made for one job and thrown away: GitHub's own. (D10)
    """
    found = [
        job.top["runs-on"]
        for workflow in workflows.workflows(setup)
        for job in workflow.jobs
        if any(piece.text.lower() == "self-hosted" for piece in job.top["runs-on"].texts)
    ]
    if not found and not setup.is_github:
        return
    if setup.answer("repository")["private"].value is not False:
        return
    for runs_on in found:
        yield runs_on.problem("the job runs on a machine of your own, for everybody", "write ubuntu-latest")
    count = setup.answer("actions/runners")["total_count"]
    if count.value != 0:
        yield count.problem(
            "the public repository has runners of its own", "remove them, or make the repository private"
        )


@rule("cache-in-publishing")
def cache_in_publishing(setup: Setup) -> Iterator[Problem]:
    """A workflow that publishes takes files from a cache.

    A cache is filled by other runs, and nobody looks at what is in it: in May 2026 a poisoned cache signed 84 releases of
    packages with the publisher's own identity. Install by hashes, each time. (D11)
    """
    for workflow in workflows.workflows(setup):
        if workflow.publishes:
            for step in _all_steps(setup, workflow):
                yield from _cached(step)


def _all_steps(setup: Setup, workflow: Workflow) -> Iterator[Piece]:
    for job in workflow.jobs:
        yield from workflows.local_steps(setup, job.steps)


def _cached(step: Piece) -> Iterator[Problem]:
    told = "take it out: what is published is installed afresh, by hashes"
    action = step["uses"].text.partition("@")[0]
    if _CACHES.fullmatch(action):
        yield step["uses"].problem(f"{action} is used where something is published", told)
    for name in _CACHE_INPUTS:
        wanted = step["with"][name]
        if wanted.value not in {None, False, ""} and wanted.text.lower() != "false":
            yield wanted.problem(f"`{name}` is used where something is published", told)


def _secrets(piece: Piece) -> Iterator[str]:
    expressions = _EXPRESSION.findall(piece.text)
    # What stands in `if:` is an expression without the braces.
    if piece.name == "if" and not expressions:
        expressions = [piece.text]
    for expression in expressions:
        yield from _SECRET.findall(expression)
        if _ANY_SECRET.search(expression):
            yield "of every name"
