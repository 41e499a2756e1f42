"""`modelry hook`: what a git server runs by itself."""

import sys
from pathlib import Path

import click

from modelry.errors import Exit
from modelry.forges import receiving
from modelry.git import Repository
from modelry.reports import findings


@click.group()
def hook() -> None:
    """Guard a plain git server: git runs these by itself, at each push.

    \b
    Examples:
      modelry hook pre-receive                     all that hooks/pre-receive of a bare repository runs
    """


@hook.command(name="pre-receive")
@click.option(
    "--pusher",
    envvar="REMOTE_USER",
    metavar="NAME",
    help="Who pushes, as the server let them in; by REMOTE_USER a web server says it.",
)
@click.option("--offline", is_flag=True, help="Do not ask the remotes whether artifacts are there.")
@click.pass_context
def pre_receive(ctx: click.Context, pusher: str | None, *, offline: bool) -> None:
    """Refuse a push to main that check refuses: for the hook `pre-receive` of a bare repository.

    Git says on stdin what is pushed. Each commit that main would get is judged by the policy of the one before, and whoever
    pushes is who approves what needs a person. Main only grows; so does the evidence in refs/notes/modelry; a tag
    stays. Other branches are let through. Where nobody could look, nothing lands either.

    \b
    Examples:
      modelry hook pre-receive                     behind a web server
      modelry hook pre-receive --pusher "$GL_USER" behind gitolite
    """
    pushed = receiving.updates(sys.stdin.buffer)
    verdict = receiving.judge(Repository(Path.cwd()), pushed, pusher, offline=offline)
    for report in verdict.judged:
        click.echo(findings.brief(report), err=True, nl=False)
    if verdict.approver and not verdict.refusals:
        click.echo(f"approved by {verdict.approver}, who pushed it", err=True)
    for refusal in verdict.refusals:
        click.echo(f"error: {refusal.why}\n hint: {refusal.hint}", err=True)
    ctx.exit(Exit.FINDINGS if verdict.refusals else Exit.DONE)
