"""`modelry audit`: the record of who approved which bytes, kept, proved and exported."""

from typing import IO

import click

from modelry import auditing, forges
from modelry.cli import options
from modelry.forges import recording
from modelry.git import Repository
from modelry.model import evidence
from modelry.reports import audit as reports
from modelry.reports import ledgers, overview
from modelry.storage import keys


@click.group()
def audit() -> None:
    """Keep, prove and export the record of who approved which bytes.

    The evidence of each merge is an in-toto statement in a git note on the merge commit. Notes travel by a ref
    of their own, which a plain clone does not bring:

    \b
      git fetch origin refs/notes/modelry:refs/notes/modelry

    \b
    Examples:
      modelry audit record HEAD --pull-request 12 --approver bob=1002 --forge github
      modelry audit verify --at 2026-03-01
      modelry audit export --format json
    """


@audit.command()
@click.argument("commit")
@click.option("--pull-request", "number", type=int, metavar="N", help="The pull request's number.")
@click.option("--url", help="The pull request's page.")
@click.option("--branch", help="The branch that was merged.")
@click.option("--author", metavar="NAME=ID", help="The account that proposed it, with its id on the forge.")
@click.option(
    "--approver", "approvers", multiple=True, metavar="NAME=ID", help="An account that approved it."
)
@click.option(
    "--check", "checks", multiple=True, metavar="NAME=CONCLUSION", help="A check, and how it ended."
)
@click.option("--forge", help="Where the accounts are; unless told, as the address says: github or gitlab.")
@click.option("--from", "file", type=click.File(), help="The same as JSON, from a file, or - for stdin.")
@click.option(
    "--ask", is_flag=True, help="Ask the forge for all of it; see modelry forge --help for who asks."
)
@options.sign
@options.dry_run
@options.registry
def record(
    commit: str,
    file: IO[str] | None,
    sign: str | None,
    registry: str | None,
    *,
    ask: bool,
    dry_run: bool,
    **told: object,
) -> None:
    """Put on record what a forge knows of the merge that made COMMIT: for CI, after each merge.

    Git's own part is read from the commit; nothing is taken from its message. Said again, it changes nothing; said
    with more, that is added. It is pushed to origin with all evidence that is there.

    \b
    Examples:
      modelry audit record HEAD --pull-request 12 --url https://github.com/acme/models/pull/12 \\
        --author ada=1001 --approver bob=1002 --check registry=success
      modelry audit record HEAD --ask --sign env:SIGNING_KEY
      gh api … | modelry audit record HEAD --from -
    """
    repository = Repository(options.folder(registry))
    given = recording.given(file.read() if file is not None else None, told)
    if ask:
        given = recording.asked(forges.connected(repository), repository, commit, given)
    statement, is_news = recording.record(repository, commit, given, keys.signing(sign), dry_run=dry_run)
    if dry_run:
        click.echo(evidence.line(statement))
        return
    click.echo("recorded" if is_news else "it is on record already", err=True)
    click.echo(statement.predicate.commit)


@audit.command()
@click.option("--model", help="Only this model's stages.")
@click.option("--strict", is_flag=True, help="Exit 3 as well where something cannot be proven.")
@click.option("--no-bytes", is_flag=True, help="Read no artifacts: compare only what is written about them.")
@options.at
@options.json
@options.registry
def verify(
    model: str | None, at: str | None, registry: str | None, *, strict: bool, no_bytes: bool, as_json: bool
) -> None:
    """Prove every promotion and rollback on main again: offline, from a clone, which may be bare.

    Held against each other are the bytes, the version's record, the policy that was in force and its gates, who
    approved, and the evidence of the merge. Each move is proven, contradicted, or cannot be proven, with why.
    Exit 3 where two records contradict each other; with --strict, also where something cannot be proven.

    \b
    Examples:
      modelry audit verify
      modelry audit verify --model churn --at 2026-03-01 --json
    """
    repository = Repository(options.folder(registry))
    found = auditing.verify(repository, at, model=model, hashing=not no_bytes)
    click.echo(overview.to_json(reports.document(found)) if as_json else reports.text(found), nl=False)
    click.echo(reports.summary(found), err=True, nl=False)
    click.get_current_context().exit(reports.code(found, strict=strict))


@audit.command()
@click.option(
    "--format", "format_", type=click.Choice(list(ledgers.FORMATS)), default="csv", show_default=True
)
@options.at
@options.registry
def export(format_: str, at: str | None, registry: str | None) -> None:
    """Tell an auditor the registry at a commit: every model, version and stage, who moved and approved it, every hash.

    The table has a row for each version, and for each stage that it holds. CycloneDX is a bill of materials in
    version 1.6, with each version as a machine-learning model. The same commit and notes give the same bytes.

    \b
    Examples:
      modelry audit export > registry.csv
      modelry audit export --format cyclonedx --at 2026-03-01
    """
    found = auditing.ledger(Repository(options.folder(registry)), at)
    click.echo(ledgers.FORMATS[format_](found), nl=False)
