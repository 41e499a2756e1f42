"""`modelry lock`: what references mean now, kept for later."""

from pathlib import Path

import click

from modelry import client
from modelry.cli import options
from modelry.client import keeping, locking, placement
from modelry.client.asking import How
from modelry.errors import Exit


@click.command()
@click.argument("references", metavar="[REF...]", nargs=-1)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), default=locking.NAME, show_default=True
)
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 3 when a reference means something else by now."
)
@options.asking
@click.pass_context
def lock(
    ctx: click.Context,
    references: tuple[str, ...],
    output: Path,
    registry: str | None,
    how: How,
    *,
    check: bool,
) -> None:
    """Write down which bytes each REF means now, and print what is news.

    Without REF, the references that the file locks already are asked for again. `modelry pull REF --locked FILE` and
    `modelry verify PATH REF --locked FILE` then need no registry.

    \b
    Examples:
      modelry lock churn@production fraud@production
      modelry lock                                     bring it up to date
      modelry lock --check                             has anything moved?
    """
    before = locking.read(output) if output.exists() or not references else ()
    asked = references or tuple(found.reference for found in before)
    after = tuple(client.resolve(reference, registry, how=how) for reference in asked)
    for found in after:
        options.answered(found)
    moved = locking.moved(before, after)
    click.echo("".join(f"{line}\n" for line in moved), nl=False)
    if check:
        ctx.exit(Exit.FINDINGS if moved else Exit.DONE)
    with placement.replacing(output) as fresh:
        fresh.write_text(locking.text(after), "utf-8")
    keeping.hold(output)
