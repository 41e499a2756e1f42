"""`modelry list`: the models at a glance, the versions that an expression means, and what is due."""

from typing import Any

import click

from modelry.cli import options
from modelry.errors import Exit, UsageError
from modelry.git import Repository
from modelry.model import names
from modelry.reports import overview, wanted
from modelry.storage import moments


@click.command(name="list")
@click.option("--stage", help="Only what is in this stage.")
@click.option("--where", metavar="CEL", help="List the versions of which this holds.")
@click.option(
    "--sort", default="", metavar="KEY", help="List versions by a variable, such as metrics.auc or created."
)
@click.option("--reverse", is_flag=True, help="With --sort: the highest first.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="List at most so many versions.")
@click.option(
    "--due", is_flag=True, help="List what must be looked at again; exit 3 when something is overdue."
)
@click.option("--within", metavar="DURATION", help="With --due: how far ahead.  [default: 14d]")
@click.option(
    "--deployed", is_flag=True, help="List what runs where; exit 3 when something lags behind its stage."
)
@options.at
@options.json
@options.registry
@click.pass_context
def listing(
    ctx: click.Context,
    /,
    at: str | None,
    registry: str | None,
    *,
    due: bool,
    within: str | None,
    deployed: bool,
    as_json: bool,
    **asked: Any,  # noqa: ANN401 - as `wanted.Wish` has them
) -> None:
    """List models, their latest version and who holds their stages.

    With --stage, since when a version holds it, who proposed and who approved that, and why: main's own record.
    With --where, --sort or --limit, list versions; the language is that of gates, CEL, and the guide has a table
    of its variables. With --due, list assignments whose term ends and waivers that expire. With --deployed, list what
    `modelry report-deployed` put on record, beside what the stages say.

    \b
    Examples:
      modelry list
      modelry list --stage production --json
      modelry list --at 2026-03-01                 what was where on that day
      modelry list --stage production --at 2026-03-01
      modelry list --where 'metrics.auc > 0.9 && stage == "production"' --sort metrics.auc --reverse
      modelry list --due --within 30d              for a scheduled job
      modelry list --deployed                      what runs where, and what should?
    """
    folder, wish = options.folder(registry), wanted.Wish(**asked)
    if due:
        # A plain list need not wait until this is imported.
        from modelry.reports import due as dues  # noqa: PLC0415

        found, ends, now = moments.terms(Repository(folder), at)
        until = now + names.duration(within or dues.AHEAD)
        told = dues.among(found, ends, until, wish)
        click.echo(dues.to_json(told, now, until) if as_json else dues.text(told, now), nl=False)
        ctx.exit(Exit.FINDINGS if any(one.end <= now for one in told) else Exit.DONE)
    if deployed:
        from modelry.reports import running  # noqa: PLC0415 - as above

        commit, found, there = moments.running(folder, at)
        runs = running.rows(found, there, wish.stage)
        click.echo(running.to_json(commit, runs) if as_json else running.text(runs), nl=False)
        ctx.exit(Exit.FINDINGS if any(one.state == "drifts" for one in runs) else Exit.DONE)
    if within:
        raise UsageError("--within goes with --due", hint=f"modelry list --due --within {within}")
    found = moments.seen(folder, at, wish.stage)
    if wish.is_of_versions:
        from modelry.reports import versions  # noqa: PLC0415 - as above: this one brings the rules' language

        rows = versions.listed(found, wish)
        click.echo(versions.to_json(rows) if as_json else versions.text(rows, wish), nl=False)
    elif wish.stage is not None:
        from modelry.reports import holding  # noqa: PLC0415 - as above

        taken = moments.taken(folder, at)
        shown = holding.to_json if as_json else holding.text
        click.echo(shown(found, wish.stage, taken), nl=False)
    else:
        models = overview.models(found)
        click.echo(overview.models_json(models) if as_json else overview.models_text(models), nl=False)
