"""`modelry doctor`: whether anybody can go around the registry."""

import sys
from pathlib import Path

import click

from modelry import doctor as rules
from modelry import examining, mending, treating
from modelry.cli import options, telling
from modelry.doctor import Diagnosis, Setup, Sheet, calls, mends
from modelry.errors import Exit, UsageError
from modelry.forges import github_settings
from modelry.git import Repository
from modelry.model.files import Tree
from modelry.reports import treatment
from modelry.reports.formats import FORMATS
from modelry.storage import documents, folders, sheets
from modelry.storage import top as tops


@click.command()
@click.option("--settings", metavar="FILE|-", help="Judge the forge's settings as well, by a dump of them.")
@click.option(
    "--ask", is_flag=True, help="Ask the forge for its settings; the token is GH_TOKEN or GITHUB_TOKEN."
)
@click.option("--dump", is_flag=True, help="Ask the forge for its settings, print them, and judge nothing.")
@click.option("--at", "revision", metavar="REV", help="Judge the files of a commit.")
@click.option(
    "--fix", is_flag=True, help="Write what files can hold, and print the calls for what they cannot."
)
@options.dry_run
@click.option(
    "--format", "format_", type=click.Choice(list(FORMATS)), help="How to tell it.  [default: text]"
)
@click.option(
    "--report",
    "reports",
    type=telling.Targets(FORMATS),
    multiple=True,
    help="Tell it so as well, into a file.",
)
@options.json
@options.registry
@click.pass_context
def doctor(  # noqa: PLR0913 - a parameter for each option
    ctx: click.Context,
    settings: str | None,
    revision: str | None,
    format_: str | None,
    reports: tuple[telling.Target, ...],
    registry: str | None,
    *,
    ask: bool,
    dump: bool,
    fix: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Look for ways around the registry: in its workflows, its owners, its remotes and the forge's settings.

    Nobody is asked unless you say so: without --settings or --ask, rules on settings are skipped, and say so. With --fix
    the report goes to stderr, and stdout is a script of calls for `gh`, or with --dry-run what would be written.
    Exit code 0: sound, as far as was asked; 3: findings; 1: the forge did not say all that was asked.

    \b
    Examples:
      modelry doctor                                     what files can tell
      modelry doctor --ask                               and what the forge says
      modelry doctor --dump > settings.json              where somebody has the rights
      modelry doctor --settings settings.json            anywhere
      modelry doctor --ask --fix > calls.sh              mend files; read the calls before you run them
    """
    top = tops.find(options.folder(registry))
    tree = _files(top, revision, fix=fix)
    if dump:
        click.echo(github_settings.dump(_page(tree)), nl=False)
        return
    setup = examining.setup(tree, _settings(tree, settings, ask=ask))
    found = rules.run(rules.ALL, setup)
    if fix:
        setup, found = _treated(top, tree, setup, found, dry_run=dry_run)
    targets = telling.asked("json" if as_json else format_, reports)
    text = examining.excerpt(tree, setup.settings)
    telling.tell(targets, lambda name: FORMATS[name](found.report, text), aside=fix)
    ctx.exit(Exit.FINDINGS if found.report.errors else Exit.FAILED if found.unseen else Exit.DONE)


def _files(top: Path, revision: str | None, *, fix: bool) -> Tree:
    if revision is None:
        return folders.whole(top)
    if fix:
        raise UsageError("--fix mends files as they lie, and --at is a commit", hint="give one of the two")
    repository = Repository(top)
    return repository.tree(repository.commit(revision))


def _page(tree: Tree) -> str:
    return documents.registry(tree).policy.must.repository


def _settings(tree: Tree, settings: str | None, *, ask: bool) -> Sheet | None:
    if ask and settings is not None:
        raise UsageError("--ask asks the forge, --settings reads what it said", hint="give one of the two")
    if ask:
        return sheets.settings("settings.json", github_settings.dump(_page(tree)))
    if settings == "-":
        return sheets.settings("settings.json", sys.stdin.buffer.read())
    return None if settings is None else sheets.settings(settings, Path(settings).read_bytes())


def _treated(
    top: Path, tree: Tree, setup: Setup, found: Diagnosis, *, dry_run: bool
) -> tuple[Setup, Diagnosis]:
    """Mend what files can hold, or show it, print the calls for the rest, and judge again what was mended."""
    named = frozenset(finding.rule for finding in found.report.findings)
    treated = treating.of(tree, mends.mends(setup, named))
    click.echo(treatment.told(treated.files, treated.left, written=not dry_run), err=True, nl=False)
    wanted = calls.calls(setup, named)
    script = treatment.script(wanted, setup.repository)
    click.echo(script, err=dry_run, nl=False)
    if dry_run:
        click.echo(mending.diff(tree, treated.files), nl=False)
        return setup, found
    folders.write(treated.files, top)
    mended = examining.setup(folders.whole(top), setup.settings)
    return mended, rules.run(rules.ALL, mended)
