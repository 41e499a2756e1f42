"""`modelry notify`: tell others what has reached main."""

import click

from modelry import notifying
from modelry.cli import options
from modelry.errors import Exit, UsageError
from modelry.git import Repository
from modelry.notifying import receivers
from modelry.reports import notified
from modelry.storage import commits


@click.command()
@click.argument("names", metavar="[WEBHOOK]...", nargs=-1)
@click.option(
    "--since", metavar="REV|DATE", help="Tell again what came after it; otherwise what is not told yet."
)
@click.option("--to", metavar="URL", help="Tell this one, and nobody whom policy names.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(receivers.FORMATS),
    default="cloudevents",
    show_default=True,
    help="With --to: how.",
)
@click.option(
    "--dry-run", is_flag=True, help="Print what would be sent, one JSON on each line; send nothing."
)
@options.registry
@click.pass_context
def notify(
    ctx: click.Context,
    names: tuple[str, ...],
    since: str | None,
    to: str | None,
    format_: str,
    registry: str | None,
    *,
    dry_run: bool,
) -> None:
    """Tell the WEBHOOKs of registry.yaml, or all of them, what main has got since each was told last.

    Each event is a CloudEvent with an id that stays the same, in main's order, and at least once: what could not be
    delivered is told by the next run. The secret that signs them is MODELRY_WEBHOOK_SECRET, or for one webhook
    MODELRY_WEBHOOK_SECRET_NAME; likewise a chat's MODELRY_SLACK_URL, and MODELRY_DISPATCH_TOKEN.

    \b
    Examples:
      modelry notify                               after each merge, in CI
      modelry notify --since v1 --dry-run          what would they be told?
      modelry notify --since 2026-03-01 --to https://deploy.acme.example/models
    """
    if to and (names or not since):
        raise UsageError("--to goes with --since, and without names", hint="say since when it is to be told")
    repository = Repository(options.folder(registry))
    policy = commits.registry(repository, repository.base).policy.must
    asked = [receivers.at(to, format_)] if to else receivers.of(policy, names)
    code = Exit.DONE
    for receiver, done in zip(asked, notifying.tell(repository, asked, since, dry_run=dry_run), strict=True):
        code = max(code, Exit.DONE if done.error is None else done.error.code)
        if dry_run:
            click.echo(b"".join(receiver.way.body(message) + b"\n" for message in done.messages), nl=False)
        click.echo(
            notified.line(done.name, done.messages, done.error, begins=done.begins, dry_run=dry_run), err=True
        )
    ctx.exit(code)
