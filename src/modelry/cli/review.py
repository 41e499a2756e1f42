"""`modelry review`: what a reviewer needs to decide."""

from collections.abc import Callable

import click

from modelry import judging
from modelry.checks import Report
from modelry.cli import options
from modelry.git import Repository
from modelry.reports import review as reviews


@click.command()
@click.option("--base", metavar="REV", help="What main is; otherwise origin's main, or main.")
@click.option("--head", metavar="REV", default="HEAD", show_default=True, help="The change.")
@click.option(
    "--format", "format_", type=click.Choice(list(reviews.FORMATS)), default="text", show_default=True
)
@options.pull_request
@click.option("--offline", is_flag=True, help="Do not ask the remotes whether artifacts are there.")
@options.registry
def review(
    base: str | None, head: str, format_: str, number: int | None, registry: str | None, *, offline: bool
) -> None:
    """Show what a change means: champion against challenger, gates, what differs, how to undo it.

    \b
    Examples:
      modelry review                                     the branch one stands on
      modelry review --head promote/churn/production/1.2.0
      modelry review --base origin/main --format markdown | gh pr comment --body-file -
      modelry review --format html > review.html
      modelry review --head promote/churn/production/1.2.0 --pull-request 12
    """
    repository = Repository(options.folder(registry))
    main = repository.commit(base or repository.base)
    commit = repository.commit(head)
    answered = _answering(repository, main, commit, number) if number is not None else None
    context, standing = judging.proposed(repository, main, commit, offline=offline)
    click.echo(reviews.FORMATS[format_](reviews.review(context, standing, answered)), nl=False)


def _answering(repository: Repository, main: str, head: str, number: int) -> Callable[[Report], Report]:
    """Give what puts the forge's approvals into the report."""
    # As in `check`: only one that asks a forge waits for these.
    from modelry import forges  # noqa: PLC0415
    from modelry.forges import answering  # noqa: PLC0415

    return answering.of(forges.connected(repository, main), number, head)
