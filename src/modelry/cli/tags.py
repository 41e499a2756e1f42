"""`modelry tags`: main's history, told to GTO and DVC."""

import click

from modelry import tagging
from modelry.cli import options
from modelry.errors import Exit
from modelry.git import Repository
from modelry.reports import tags as reports


@click.command()
@click.option("--push", is_flag=True, help="Push to origin what it does not have; fetches first.")
@click.option(
    "--check", is_flag=True, help="Make nothing; exit 3 when a tag says another thing than the files."
)
@click.option("--dry-run", is_flag=True, help="Say what would be made; make nothing.")
@options.json
@options.registry
@click.pass_context
def tags(
    ctx: click.Context, registry: str | None, *, push: bool, check: bool, dry_run: bool, as_json: bool
) -> None:
    """Tell GTO and DVC what main's history says, by annotated tags: `churn@v1.2.0`, `churn#production#3`.

    Each version is tagged on a commit of its own, main's with a dvc.yaml, and each time that a stage moves
    is a tag on that commit. Made again they are the same; a tag that is there is never moved.

    \b
    Examples:
      modelry tags --dry-run                       which tags are missing
      modelry tags --push                          after each merge, in CI
      modelry tags --check                         do the tags say what the files say?
    """
    repository = Repository(options.folder(registry))
    if push:
        tagging.fetch(repository)
    found = tagging.state(repository, repository.base)
    looks = check or dry_run
    if not looks:
        tagging.make(found)
    pushed = tagging.push(repository, list(found.expected)) if push and not looks else []
    faults = tagging.faults(found) if check else []
    answer = reports.document(found.commit, [] if check else found.missing, pushed, faults)
    click.echo(reports.to_json(answer) if as_json else reports.text(answer), nl=False)
    if pushed:
        click.echo(f"pushed {len(pushed)} tags to origin", err=True)
    ctx.exit(Exit.FINDINGS if faults else Exit.DONE)
