"""Findings as SARIF 2.1.0, which code scanning reads: the rules with their explanations, and the results."""

import string
from json import dumps
from typing import Any

from modelry import __version__
from modelry.checks import Finding, Report, Rule, Severity
from modelry.reports import findings

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://modelry.github.io/modelry"

_PAGES = {"check": "rules", "doctor": "doctor"}
"""Where each command's rules are explained."""
_LEVEL = {Severity.ERROR: "error", Severity.PERSON: "warning"}
_UNRESERVED = frozenset((string.ascii_letters + string.digits + "-._~/").encode())


def sarif(report: Report, excerpt: findings.Excerpt) -> str:  # noqa: ARG001 - the formats share a signature
    """Tell findings to code scanning; what the base has already is a note, and unchanged."""
    marks = findings.fingerprints(report)
    driver = {
        "name": "modelry",
        "version": __version__,
        "informationUri": f"{HOME}/",
        "rules": [_rule(rule, _PAGES[report.command]) for rule in report.rules],
    }
    invocation = {
        "executionSuccessful": True,
        "toolExecutionNotifications": [
            {"level": "note", "message": {"text": _inert(f"skipped: {why}")}, "associatedRule": {"id": rule}}
            for rule, why in report.skipped
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [_result(*pair) for pair in zip(report.findings, marks, strict=True)],
        "properties": {"verdict": report.verdict, "classes": list(report.classes)},
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule[Any], page: str) -> dict[str, Any]:
    text = " ".join(rule.explanation.split())
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": text},
        "help": {"text": text, "markdown": rule.explanation},
        "helpUri": f"{HOME}/reference/{page}/#{rule.id}",
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
    }


def _result(finding: Finding, mark: str) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _address(finding.path)},
        "region": {"startLine": finding.line, "startColumn": finding.column},
    }
    result = {
        "ruleId": finding.rule,
        "level": "note" if finding.on_base or finding.answer else _LEVEL[finding.severity],
        "message": {"text": _inert(findings.sentence(finding))},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"finding/v1": mark},
    }
    return {**result, "baselineState": "unchanged"} if finding.on_base else result


def _address(path: str) -> str:
    """Give a path as a relative address, whatever bytes it has."""
    data = path.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in data)


def _inert(text: str) -> str:
    # `[words](address)` is a link, in plain messages as well.
    return text.replace("](", "] (")
