"""`modelry check`: judge the registry, or a change of it."""

import os
from collections.abc import Callable
from pathlib import Path

import click

from modelry import checks, judging
from modelry.cli import options, telling
from modelry.client import progress
from modelry.errors import Exit, UsageError
from modelry.git import Repository, merging
from modelry.model.files import Files
from modelry.reports import findings
from modelry.reports.formats import FORMATS
from modelry.storage import contents


@click.command()
@click.argument("paths", nargs=-1, metavar="[ROOT | FILE...]", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--base", metavar="REV|DIR", help="What main is: the change from there is judged, by its policy."
)
@click.option("--head", metavar="REV", default="HEAD", show_default=True, help="The change, with --base REV.")
@options.pull_request
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), help="On stdout; text unless told.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=telling.Targets(FORMATS),
    help="The same in this format, into a file, or - for stdout; may be given more than once.",
)
@click.option("--offline", is_flag=True, help="Do not ask the remotes; the report says what was skipped.")
@click.option(
    "--public",
    is_flag=True,
    help="With --base: ask no remote, which may need a key, but the public sources that new versions name.",
)
@click.option(
    "--verify", is_flag=True, help="Read all bytes in the remotes: of all versions, or those of the change."
)
@click.option(
    "--subset",
    metavar="N/T",
    help="With --verify: only the N-th of T parts, which together are all; a part each day.",
)
@click.option(
    "--cache/--no-cache",
    default=True,
    help="Without --base: whether to believe what was found sound before. In CI nothing is.",
)
@click.option("--fix", is_flag=True, help="Mend what a machine can mend, then judge again.")
@click.option("--diff", is_flag=True, help="Print what --fix would do, and write nothing.")
@options.registry
@click.pass_context
def check(  # noqa: PLR0913 - a parameter for each option
    ctx: click.Context,
    paths: tuple[Path, ...],
    base: str | None,
    head: str,
    format_: str | None,
    reports: tuple[telling.Target, ...],
    registry: str | None,
    *,
    number: int | None,
    offline: bool,
    public: bool,
    verify: bool,
    subset: str | None,
    cache: bool,
    fix: bool,
    diff: bool,
) -> None:
    """Judge the registry in ROOT as it lies there, or, with --base, what would be if a change were merged.

    With --base REV all is read from git's objects: the merge of REV and --head, as it would be on main.
    With FILE..., the whole registry is judged, and only what was found in these files is told.
    With --pull-request N, what needs a person is answered by the approvals that policy asks for, or waits for them.
    Exit code 0: passes, or needs a person; 3: findings forbid the merge, or it waits; 1: we could not look.

    \b
    Examples:
      modelry check                                      the files as they lie here
      modelry check --base origin/main                   the branch one stands on
      modelry check --base main --head register/churn/1.2.0 --format json
      modelry check --verify                             and whether the remotes hold the right bytes
      modelry check --verify --subset 3/7                a seventh of them, the third
      modelry check --base main --public                 for a fork: what needs no key
      modelry check --diff                               what --fix would mend
      modelry check --base main --report github=- --report sarif=check.sarif
      modelry check --base main --head promote/churn/production/1.2.0 --pull-request 12
    """
    targets = telling.asked(format_, reports)
    top, chosen = _asked(paths, registry, base)
    answered = _answering(top, base, head, number)
    reading = _reading(base, top, subset, offline=offline, verify=verify)
    if public and (offline or verify or base is None):
        raise UsageError(
            "--public asks the sources of a change, and no remote",
            hint="give --base REV with it, and neither --offline nor --verify",
        )
    mended: Files | None = None
    if fix or diff:
        from modelry import mending  # noqa: PLC0415 - only who asks for it pays

        context = _context(top, base, head, offline=offline, public=public, verify=None)
        mends = mending.of(context, top, chosen)
        click.echo(mending.told(mends, written=not diff), err=True, nl=False)
        if diff:
            click.echo(mending.diff(context.after.tree, mends.files), nl=False)
        else:
            mending.write(mends.files, top)
            mended = mends.files
    if base is None:
        context, whole = judging.at_rest(top, offline=offline, verify=reading, cached=cache)
    else:
        context = _context(top, base, head, offline=offline, public=public, verify=reading, mended=mended)
        whole = checks.run(checks.ALL, context)
    report = findings.only(answered(whole), chosen)
    click.echo(findings.elsewhere(whole, report), err=True, nl=False)
    telling.tell(targets, lambda name: FORMATS[name](report, context.after.source.text), aside=diff)
    waits = number is not None and report.persons
    ctx.exit(Exit.FINDINGS if report.errors or waits else Exit.DONE)


def _asked(
    paths: tuple[Path, ...], registry: str | None, base: str | None
) -> tuple[Path, frozenset[str] | None]:
    """Give the top of the registry that is meant, and the files to tell of; None for all."""
    given = [Path(os.path.abspath(path)) for path in paths] or [options.folder(registry)]  # noqa: PTH100 - links stay
    top = judging.place(given[0], base)
    for path in given:
        if not path.is_relative_to(top):
            raise UsageError(f"{path} is not in {top}", hint="check one registry at a time")
    if any(path.is_dir() for path in given):
        return top, None
    return top, frozenset(path.relative_to(top).as_posix() for path in given)


def _answering(
    top: Path, base: str | None, head: str, number: int | None
) -> Callable[[checks.Report], checks.Report]:
    """Give what puts the forge's approvals into the report; nothing without a pull request."""
    if number is None:
        return lambda report: report
    repository = Repository(top)
    if base is None or (main := repository.resolves(base)) is None:
        raise UsageError(
            "a pull request is judged by the commit that it would change", hint="give --base REV"
        )
    # A fifth of the time of a small check, which only one that asks a forge pays.
    from modelry import forges  # noqa: PLC0415
    from modelry.forges import answering  # noqa: PLC0415

    return answering.of(forges.connected(repository, main), number, repository.commit(head))


def _reading(
    base: str | None, top: Path, subset: str | None, *, offline: bool, verify: bool
) -> judging.Reading | None:
    part = contents.parse(subset) if subset is not None else contents.ALL
    if not verify and subset is not None:
        raise UsageError("--subset is a part of what --verify reads", hint="add --verify, or leave it out")
    if not verify:
        return None
    if offline:
        raise UsageError("--offline asks no remote, and --verify reads them", hint="give one of the two")
    if base is not None and Path(base).is_dir() and Repository(top).resolves(base) is None:
        raise UsageError(
            f"{base} is no revision: between folders no remote is asked", hint="leave --verify out"
        )
    return judging.Reading(progress.bar, part)


def _context(
    top: Path,
    base: str | None,
    head: str,
    *,
    offline: bool,
    public: bool,
    verify: judging.Reading | None,
    mended: Files | None = None,
) -> checks.Context:
    if base is None:
        return judging.folder(top, offline=offline, verify=verify)
    repository = Repository(top)
    main = repository.resolves(base)
    if main is None and Path(base).is_dir():
        return judging.folders_change(Path(base), top)
    main = main or repository.commit(base)
    tree = merging.merge(repository, main, repository.commit(head))
    merged = repository.write(tree, mended) if mended else tree
    return judging.change(repository, main, merged, offline=offline, public=public, verify=verify)
