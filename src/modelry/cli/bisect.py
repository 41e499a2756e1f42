"""`modelry bisect`: which promotion broke it."""

from typing import Any

import click

from modelry import bisecting
from modelry.cli import options
from modelry.errors import Exit
from modelry.reports import bisected, overview


@click.command()
@click.argument("model")
@click.argument("stage")
@click.option(
    "--run", "command", required=True, metavar="CMD", help="What to run on each holder, by the shell."
)
@click.option(
    "--good", metavar="VERSION", help="Believe that it was good; otherwise the oldest holder must be."
)
@click.option(
    "--bad", metavar="VERSION", help="Believe that it was bad; otherwise the newest holder must be."
)
@click.option(
    "--pull/--no-pull", default=True, help="Fetch each artifact to MODELRY_PATH.", show_default=True
)
@options.json
@options.registry
@click.pass_context
def bisect(ctx: click.Context, /, registry: str | None, *, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - as `bisecting.Wish` has them
    """Find the promotion, or rollback, since which a command fails on what holds STAGE of MODEL.

    CMD is run as by `git bisect run`: 0 says good, 125 cannot tell, any other code below 128 says bad, the rest
    stops. It finds MODELRY_PATH, the verified artifact in a scratch folder that is gone afterwards, and
    MODELRY_REFERENCE, MODELRY_MODEL, MODELRY_STAGE, MODELRY_VERSION, MODELRY_SHA256 and MODELRY_COMMIT. What it
    prints goes to stderr. Each version is run once. Exit 1 when no single promotion is found.

    \b
    Examples:
      modelry bisect churn production --run 'python smoke.py "$MODELRY_PATH"'
      modelry bisect churn production --good 1.0.0 --no-pull --run './replay.sh "$MODELRY_VERSION"' --json
    """
    wish = bisecting.Wish(**asked)
    found = bisecting.bisect(options.folder(registry), wish, lambda line: click.echo(line, err=True))
    told = overview.to_json(bisected.document(found)) if as_json else bisected.text(found)
    click.echo(told, nl=False)
    ctx.exit(Exit.DONE if found.culprit is not None else Exit.FAILED)
