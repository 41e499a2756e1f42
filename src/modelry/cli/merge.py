"""`modelry merge`: the merge button of plain git."""

import click

from modelry.cli import options
from modelry.forges import local
from modelry.forges.approving import RefusedMergeError
from modelry.git import Repository
from modelry.reports import findings
from modelry.storage import keys


@click.command()
@click.argument("branch")
@click.option(
    "--approve", is_flag=True, help="Say that you may approve this, and do; it is recorded with your name."
)
@click.option("--offline", is_flag=True, help="Do not ask the remotes whether artifacts are there.")
@options.sign
@options.registry
def merge(branch: str, registry: str | None, sign: str | None, *, approve: bool, offline: bool) -> None:
    """Merge the proposal on BRANCH into main, if the merge result passes main's rules.

    Who proposed, approved and merged which bytes is recorded with it, in git notes: see modelry audit.

    Two changes that are each right can be wrong together, so it is the result that is judged, under a lock.
    Works in a clone, where it moves origin's main, and in a bare repository.

    \b
    Examples:
      modelry merge register/churn/1.2.0
      modelry merge promote/churn/production/1.2.0 --approve
      modelry merge register/churn/1.2.0 --sign ~/.config/modelry/signing.pem
    """
    repository = Repository(options.folder(registry))
    try:
        merged = local.merge(repository, branch, approve=approve, offline=offline, sign=keys.signing(sign))
    except RefusedMergeError as error:
        click.echo(findings.text(error.report, lambda _: None), err=True, nl=False)
        raise
    told = findings.summary(merged.report).strip() if merged.report else "main had it already"
    if merged.report and merged.approver:
        told = f"{' and '.join(merged.report.classes)}: approved by {merged.approver}"
    click.echo(f"{merged.branch}: {told}", err=True)
    for note in merged.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(merged.commit)
