"""Findings as GitLab's code quality report, which a merge request shows on the changed lines."""

from json import dumps

from modelry.checks import Finding, Report, Severity
from modelry.reports import findings


def gitlab(report: Report, excerpt: findings.Excerpt) -> str:  # noqa: ARG001 - the formats share a signature
    """Tell findings to GitLab; the fingerprint of a finding stays when its line moves."""
    marks = findings.fingerprints(report)
    issues = [
        {
            "description": findings.sentence(finding),
            "check_name": finding.rule,
            "fingerprint": mark,
            "severity": _severity(finding),
            "location": {"path": findings.plain(finding.path), "lines": {"begin": finding.line}},
        }
        for finding, mark in zip(report.findings, marks, strict=True)
    ]
    return dumps(issues, indent=2) + "\n"


def _severity(finding: Finding) -> str:
    if finding.on_base or finding.answer:
        return "info"
    return "minor" if finding.severity is Severity.PERSON else "blocker"
