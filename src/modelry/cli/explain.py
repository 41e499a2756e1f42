"""`modelry explain`: a rule in its own words."""

import click

from modelry import checks
from modelry.errors import NotFoundError


@click.command()
@click.argument("rule", required=False)
def explain(rule: str | None) -> None:
    """Say what RULE demands, why, and how to mend it; without RULE, list all.

    \b
    Examples:
      modelry explain
      modelry explain stale-promotion
    """
    if rule is None:
        for one in checks.ALL:
            click.echo(f"{one.id:24} {one.title}")
        return
    found = next((one for one in checks.ALL if one.id == rule), None)
    if found is None:
        raise NotFoundError(f"there is no rule {rule}", hint="see them all: modelry explain")
    click.echo(f"{found.id} ({found.severity.value})\n\n{found.title}\n\n{found.explanation}")
