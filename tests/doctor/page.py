"""The page of the doctor's rules, made of their own words and examples: `PYTHONPATH=tests python -m doctor.page --write`."""

import sys

from doctor import shown
from modelry import doctor
from modelry.catalog import rules

PAGE = shown.HOME.parent.parent / "site/docs/reference/doctor.md"


def made() -> str:
    """Give the page as it should be."""
    return rules.page(doctor.ALL, shown.values(), rules.DOCTOR)


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    PAGE.write_text(made(), "utf-8", newline="\n")
