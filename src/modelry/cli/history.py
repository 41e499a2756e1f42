"""`modelry history`: who moved which stage of a model."""

import click

from modelry import judging
from modelry.cli import options
from modelry.git import Repository
from modelry.reports import overview


@click.command()
@click.argument("model")
@click.option("--stage", help="Only this stage.")
@options.at
@options.json
@options.registry
def history(model: str, stage: str | None, at: str | None, registry: str | None, *, as_json: bool) -> None:
    """Show which versions held which stage of MODEL since when, by whom and why: main's own record.

    \b
    Examples:
      modelry history churn
      modelry history churn --stage production --json
    """
    repository = Repository(options.folder(registry))
    revision = repository.at(at) if at else repository.base
    found = judging.registry(repository, revision).model(model)
    moves = [
        (name, held)
        for name in found.stages
        if stage in (None, name)
        for held in judging.holders(repository, revision, model, name)
    ]
    moves.sort(key=lambda move: move[1].since, reverse=True)
    document = {
        "schema": "history/v1",
        "model": model,
        "moves": [{"stage": name, **held._asdict(), "since": held.since.isoformat()} for name, held in moves],
    }
    click.echo(overview.to_json(document) if as_json else overview.history_text(moves), nl=False)
