"""The rules' page of the site, made of the rules' own words and their examples: `PYTHONPATH=tests python -m checks.page --write`."""

import sys

from checks import shown
from modelry import checks
from modelry.catalog import rules

PAGE = shown.HOME.parent.parent / "site/docs/reference/rules.md"


def made() -> str:
    """Give the page as it should be."""
    return rules.page(checks.ALL, shown.values())


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(made(), "utf-8", newline="\n")
