"""Findings as text, JSON, Markdown and GitHub's annotations; the same bytes for the same findings."""

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import fields, replace
from hashlib import sha256
from json import dumps
from typing import Any

from modelry.checks import Finding, Report, Severity

Excerpt = Callable[[str], str | None]
"""Gives a file's text, for the line that a finding is about; None when there is none."""

_ORDER = "already on base"
_WIDTH = 160


def text(report: Report, excerpt: Excerpt) -> str:
    """Tell findings to a person: place, rule, what is wrong, the line itself and how to mend it."""
    parts = [_shown(finding, excerpt) for finding in report.findings]
    parts += [f"skipped[{rule}]: {plain(why)}\n" for rule, why in report.skipped]
    return "\n".join([*parts, summary(report)])


def brief(report: Report, most: int = 20) -> str:
    """Tell somebody far away what stands in the way: that first, without the lines themselves, and not all of too much."""
    told = [*report.errors, *report.persons]
    parts = [_shown(finding, lambda _: None) for finding in told[:most]]
    parts += [f"and {len(told) - most} more: modelry check --base origin/main\n"] if len(told) > most else []
    return "".join([*parts, summary(report)])


def summary(report: Report) -> str:
    """Sum up in one line."""
    change = f"{' and '.join(report.classes)}: " if report.classes else ""
    counted = []
    for count, what in (
        (len(report.errors), _several("error", len(report.errors))),
        (len(report.persons), f"{_several('decision', len(report.persons))} for a person"),
        (len(report.answered), "approved"),
        (sum(finding.on_base for finding in report.findings), _ORDER),
    ):
        if count:
            counted.append(f"{count} {what}")
    told = f" ({', '.join(counted)})" if counted else ""
    return f"{change}{report.verdict}{told}\n"


def _several(what: str, count: int) -> str:
    return what if count == 1 else f"{what}s"


def grade(finding: Finding) -> str:
    """Say what a finding means for the change, in words."""
    return _ORDER if finding.on_base else "approved" if finding.answer else finding.severity.value


def sentence(finding: Finding) -> str:
    """Give what is wrong and how to mend it, on one line."""
    return plain(f"{finding.message}; {finding.hint}" if finding.hint else finding.message)


def fingerprints(report: Report) -> list[str]:
    """Give each finding a SHA-256 that no other has, and that stays the same when lines are added above it."""
    seen: Counter[str] = Counter()
    marks = []
    for finding in report.findings:
        told = dumps([finding.rule, finding.path, finding.message])
        seen[told] += 1
        marks.append(sha256(f"{told}{seen[told]}".encode()).hexdigest())
    return marks


def only(report: Report, paths: Collection[str] | None) -> Report:
    """Give the report on some files alone; on all without a choice."""
    if paths is None:
        return report
    return replace(report, findings=tuple(finding for finding in report.findings if finding.path in paths))


def elsewhere(whole: Report, told: Report) -> str:
    """Say how much was found in files that nobody asked about; nothing where nothing was."""
    count = len(whole.findings) - len(told.findings)
    return (
        f"in other files: {count} finding{'s' if count > 1 else ''}; see all: modelry check\n"
        if count
        else ""
    )


def _shown(finding: Finding, excerpt: Excerpt) -> str:
    lines = [
        f"{plain(finding.path)}:{finding.line}:{finding.column}: {grade(finding)}[{finding.rule}]: {plain(finding.message)}",
        *_line(finding, excerpt),
    ]
    if finding.hint:
        lines.append(f"  = {plain(finding.hint)}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding, excerpt: Excerpt) -> list[str]:
    lines = (excerpt(finding.path) or "").split("\n")
    if not 0 < finding.line <= len(lines) or not lines[finding.line - 1].strip():
        return []
    number = str(finding.line)
    shown = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in lines[finding.line - 1]
    )
    caret = [f"  {' ' * len(number)} | {' ' * (finding.column - 1)}^"] if finding.column <= _WIDTH else []
    return [f"  {number} | {shown[:_WIDTH]}", *caret]


def json(report: Report, excerpt: Excerpt) -> str:  # noqa: ARG001 - the formats share a signature
    """Tell findings to a program; the schema is `check-report/v1`."""
    document = {
        "schema": "check-report/v1",
        "verdict": report.verdict,
        "classes": list(report.classes),
        "findings": [_told(finding) for finding in report.findings],
        "skipped": [{"rule": rule, "why": why} for rule, why in report.skipped],
    }
    return _encodable(dumps(document, indent=2, sort_keys=True, ensure_ascii=False)) + "\n"


def _told(finding: Finding) -> dict[str, Any]:
    asked = finding.approvals
    return {
        **{field.name: getattr(finding, field.name) for field in fields(finding)},
        "approvals": asked.model_dump(mode="json") if asked is not None else None,
    }


def markdown(report: Report, excerpt: Excerpt) -> str:  # noqa: ARG001 - the formats share a signature
    """Tell findings in a pull request; nothing of the registry's text is read as Markdown."""
    icon = {"passes": "✅", "needs a person": "🙋", "fails": "❌"}[report.verdict]
    lines = [f"### {icon} registry {report.command}: {summary(report).strip()}", ""]
    if report.findings:
        lines += ["| | where | rule | what | mend |", "|---|---|---|---|---|"]
    for finding in report.findings:
        kind = {_ORDER: "on base", Severity.PERSON.value: "person"}.get(grade(finding), grade(finding))
        place = f"{finding.path}:{finding.line}:{finding.column}"
        lines.append(
            f"| {kind} | {code(place)} | `{finding.rule}` | {cell(finding.message)} | {cell(finding.hint)} |"
        )
    lines += [f"- skipped `{rule}`: {cell(why)}" for rule, why in report.skipped]
    return "\n".join(lines).rstrip("\n") + "\n"


_ESCAPED = str.maketrans({**{char: f"\\{char}" for char in "\\`*_[]<>|~"}, "&": "&amp;"})
# A blank without width keeps a forge from calling people and linking issues; an address stays text. Behind a
# letter, as in churn@1.2.0, nobody is called, and the reference can be copied.
_CALLS = re.compile(r"(?<![A-Za-z0-9])@")
_INERT = {"#": "#&#8203;", "://": "&#58;//", "www.": "www&#46;"}
_CODE = str.maketrans({char: f"&#{ord(char)};" for char in "\\`*_[]<>|~&!:"})


def cell(value: str) -> str:
    """Give text as it stands, for a cell of a Markdown table: nothing in it is markup, a link or a mention."""
    made = plain(value).translate(_ESCAPED)
    for sign, inert in _INERT.items():
        made = made.replace(sign, inert)
    return _CALLS.sub("@&#8203;", made)


def code(value: str) -> str:
    """Give text as code, for a cell of a Markdown table; between HTML's tags Markdown would still be read."""
    return f"<code>{plain(value).translate(_CODE).replace('www.', 'www&#46;')}</code>"


def plain(value: str) -> str:
    """Give text on one line, without signs that steer a terminal or turn the direction of writing."""
    return "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in " ".join(value.splitlines())
    )


def github(report: Report, excerpt: Excerpt) -> str:  # noqa: ARG001 - the formats share a signature
    """Tell findings as GitHub's workflow commands, which become annotations on the lines."""
    lines = []
    for finding in report.findings:
        level = {Severity.PERSON.value: "warning", Severity.ERROR.value: "error"}.get(
            grade(finding), "notice"
        )
        place = (
            f"file={_property(finding.path)},line={finding.line},col={finding.column},title={finding.rule}"
        )
        hint = f"\n{finding.hint}" if finding.hint else ""
        lines.append(f"::{level} {place}::{_data(finding.message + hint)}")
    return "\n".join([*lines, summary(report)])


def _encodable(value: str) -> str:
    # A path that is not UTF-8 comes with half characters, which no stream takes.
    return value.encode("utf-8", "replace").decode()


def _data(value: str) -> str:
    return _encodable(value).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
