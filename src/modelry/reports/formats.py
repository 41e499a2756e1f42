"""The formats in which findings can be told: each a function from `Report` to text."""

from collections.abc import Callable

from modelry.checks import Report
from modelry.reports import findings, gitlab, junit, sarif

FORMATS: dict[str, Callable[[Report, findings.Excerpt], str]] = {
    "text": findings.text,
    "json": findings.json,
    "markdown": findings.markdown,
    "github": findings.github,
    "gitlab": gitlab.gitlab,
    "sarif": sarif.sarif,
    "junit": junit.junit,
}
"""How findings can be told."""
