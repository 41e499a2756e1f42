"""A report for a person, a program, a pull request or CI: each format a function from `Report` to text."""

from collections.abc import Callable

from modelry.checks import Report
from modelry.reports import findings

FORMATS: dict[str, Callable[[Report, "findings.Excerpt"], str]] = {
    "text": findings.text,
    "json": findings.json,
    "markdown": findings.markdown,
    "github": findings.github,
}
"""How findings can be told."""
