"""`modelry evaluate`: propose evidence on a version."""

from pathlib import Path

import click

from modelry import proposals, registering
from modelry.cli import options, proposing
from modelry.model import names


@click.command()
@click.argument("reference", metavar="REF")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--name", help="What it is called; otherwise the data set's name.")
@click.option("--summary", help="What it shows, in one line; otherwise as the file says.")
@click.option("--author", multiple=True, help="Who measured; otherwise git's user.name.")
@click.option("--created", metavar="TIME", help="When it was measured; otherwise as the file says, or now.")
@options.dry_run
@options.registry
def evaluate(  # noqa: PLR0913 - a parameter for each flag
    reference: str,
    file: Path,
    name: str | None,
    summary: str | None,
    author: tuple[str, ...],
    created: str | None,
    registry: str | None,
    *,
    dry_run: bool,
) -> None:
    """Propose FILE, results measured after registration, as evidence on REF. Evidence is add-only.

    FILE is one evaluation, JSON or YAML: {dataset: {name, version}, metrics: {…}, slices, intervals, summary}.

    \b
    Examples:
      modelry evaluate churn@1.2.0 fairness.json --summary "No group falls behind"
    """
    repository, current = proposing.begin(options.folder(registry))
    version = current.find(names.reference(reference))
    document = registering.evaluation(file, summary, author, created, repository)
    proposal = proposals.evaluate(version, name or document["dataset"]["name"], document)
    proposing.propose(repository, proposal, dry_run=dry_run)
