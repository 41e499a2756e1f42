"""`modelry check`: judge the registry, or a change of it."""

from pathlib import Path

import click

from modelry import checks, judging
from modelry.cli import options
from modelry.errors import Exit
from modelry.git import Repository
from modelry.reports import FORMATS
from modelry.storage import top as tops


@click.command()
@click.argument("root", required=False, type=click.Path(path_type=Path))
@click.option(
    "--base", metavar="REV|DIR", help="What main is: the change from there is judged, by its policy."
)
@click.option("--head", metavar="REV", default="HEAD", show_default=True, help="The change, with --base REV.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--offline", is_flag=True, help="Do not ask the remotes; the report says what was skipped.")
@options.registry
@click.pass_context
def check(
    ctx: click.Context,
    root: Path | None,
    base: str | None,
    head: str,
    format_: str,
    registry: str | None,
    *,
    offline: bool,
) -> None:
    """Judge the registry in ROOT as it lies there, or, with --base, what would be if a change were merged.

    With --base REV all is read from git's objects: the merge of REV and --head, as it would be on main.
    Exit code 0: passes, or needs a person; 3: findings forbid the merge; 1: we could not look.

    \b
    Examples:
      modelry check                                      the files as they lie here
      modelry check --base origin/main                   the branch one stands on
      modelry check --base main --head register/churn/1.2.0 --format json
    """
    top = tops.find(root.absolute() if root else options.folder(registry))
    if base is None:
        context = judging.folder(top, offline=offline)
    elif Path(base).is_dir():
        context = judging.folders_change(Path(base), top)
    else:
        repository = Repository(top)
        tree = repository.merge(repository.commit(base), repository.commit(head))
        context = judging.change(repository, base, tree, offline=offline)
    report = checks.run(checks.ALL, context)
    click.echo(FORMATS[format_](report, context.after.source.text), nl=False)
    ctx.exit(Exit.FINDINGS if report.errors else Exit.DONE)
