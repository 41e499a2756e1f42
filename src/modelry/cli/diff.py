"""`modelry diff`: two versions, or two moments of the registry, side by side."""

import click

from modelry.cli import options
from modelry.reports import comparing, overview
from modelry.storage import moments


@click.command()
@click.argument("wanted", nargs=-1, metavar="[A B | MODEL]")
@click.option(
    "--at",
    multiple=True,
    metavar="REV|DATE",
    help="As it was then: at a commit, or at the end of a day (UTC). Twice: what differs between the two.",
)
@options.json
@options.registry
def diff(wanted: tuple[str, ...], at: tuple[str, ...], registry: str | None, *, as_json: bool) -> None:
    """Show what differs between versions A and B, or between two moments of the registry or of a MODEL.

    Of versions: results, with what is better by the policy's goals, parameters, data, code, signature,
    environment, artifact and card. Of moments: models, versions, stages, yanks, waivers and policy.

    \b
    Examples:
      modelry diff churn@1.0.0 churn@1.1.0
      modelry diff churn@production churn@staging --json
      modelry diff churn@production --at 2026-03-01 --at 2026-03-31
      modelry diff --at v1.0 --at HEAD
    """
    start = options.folder(registry)
    found = comparing.report([moments.seen(start, when) for when in at or (None,)], wanted)
    told = (
        overview.to_json(found.model_dump(mode="json", by_alias=True)) if as_json else comparing.text(found)
    )
    click.echo(told, nl=False)
