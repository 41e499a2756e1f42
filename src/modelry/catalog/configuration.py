"""mkdocs' configuration: ours to the last word, with two values of the policy in it."""

import json
from importlib import resources

from modelry.catalog import escaping
from modelry.catalog.entries import Catalog


def mkdocs(catalog: Catalog) -> bytes:
    """Give `mkdocs.yml`. Material prints the site's name as HTML, so that is what it is given."""
    text = (resources.files("modelry.catalog") / "mkdocs.yml").read_text("utf-8")
    # The last stage first: it is what people come for, and where the tab leads.
    nav = "".join(
        f"      - {json.dumps(stage)}: stages/{stage}/index.md\n" for stage in reversed(catalog.stages)
    )
    values = {
        "$NAME": json.dumps(escaping.encode(catalog.policy.title)),
        "$URL": json.dumps(f"{catalog.policy.url.rstrip('/')}/"),
        "$STAGES\n": nav,
    }
    for name, value in values.items():
        text = text.replace(name, value)
    return text.encode()
