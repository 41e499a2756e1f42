"""`modelry explain`: a rule in its own words."""

from typing import TYPE_CHECKING, Any

import click

from modelry import checks, doctor
from modelry.errors import NotFoundError

if TYPE_CHECKING:
    from modelry.checks import Rule


@click.command()
@click.argument("rule", required=False)
def explain(rule: str | None) -> None:
    """Say what RULE demands, why, and how to mend it; without RULE, list all: those of check, then the doctor's.

    \b
    Examples:
      modelry explain
      modelry explain stale-promotion
      modelry explain privileged-trigger
    """
    known: tuple[Rule[Any], ...] = (*checks.ALL, *doctor.ALL)
    if rule is None:
        for one in known:
            click.echo(f"{one.id:24} {one.title}")
        return
    found = next((one for one in known if one.id == rule), None)
    if found is None:
        raise NotFoundError(f"there is no rule {rule}", hint="see them all: modelry explain")
    click.echo(f"{found.id} ({found.severity.value})\n\n{found.title}\n\n{found.explanation}")
