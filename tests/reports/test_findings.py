"""Findings as text, JSON, Markdown and annotations: whole, and the same bytes wherever they are made."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import builders
from modelry.checks import Report, Severity
from modelry.model import layout
from modelry.model.policy import Approvals
from modelry.reports import findings
from modelry.reports.formats import FORMATS
from modelry.storage import folders

HOSTILE = "a|b <img src=x> [x](http://evil.example) ![x](y) @alice #12 www.evil.example `c` *d* _e_ ~f~ & 50%\r\n::error::\x1b[31m\u202e"
PATH = "registry/models/churn/stages/production.yaml"
TEXT = f"schema: assignment/v1\nversion:\t1.1\n\n{'x' * 200}\n"


a_finding = partial(
    builders.a_finding,
    path=PATH,
    rule="invalid-document",
    message="`version` is the number 1.1, expected text",
    hint='write "1.1" in quotes',
)

PERSON = a_finding(
    rule="approval-needed", message="needs 1 approval", hint="ask them", severity=Severity.PERSON, line=9
)
ANSWERED = replace(PERSON, hint="approved by bob (1002)", answer="approved by bob (1002)", line=11)
ON_BASE = a_finding(
    rule="unknown-license", message="SPDX knows no licence X", hint="", on_base=True, line=4, column=170
)
MIXED = Report(
    (a_finding(), PERSON, ON_BASE),
    (("artifact-unreachable", "the remotes | were not asked"),),
    ("promotion", "policy"),
)
EVIL = Report((a_finding(path=f"a,b:{HOSTILE}", message=HOSTILE, hint=HOSTILE),), (), ())


def told(format_: str, report: Report) -> str:
    return FORMATS[format_](report, {PATH: TEXT}.get)


def test_text_shows_the_line_with_a_caret_below_the_place() -> None:
    assert told("text", MIXED) == (
        f"{PATH}:2:10: error[invalid-document]: `version` is the number 1.1, expected text\n"
        "  2 | version:\N{REPLACEMENT CHARACTER}1.1\n"
        "    |          ^\n"
        '  = write "1.1" in quotes\n'
        "\n"
        f"{PATH}:9:10: needs a person[approval-needed]: needs 1 approval\n"
        "  = ask them\n"
        "\n"
        f"{PATH}:4:170: already on base[unknown-license]: SPDX knows no licence X\n"
        f"  4 | {'x' * 160}\n"
        "\n"
        "skipped[artifact-unreachable]: the remotes | were not asked\n"
        "\n"
        "promotion and policy: fails (1 error, 1 decision for a person, 1 already on base)\n"
    )


def test_text_of_a_hostile_name_is_one_line_without_signs_that_steer() -> None:
    evil = (
        HOSTILE.replace("\r\n", " ")
        .replace("\x1b", "\N{REPLACEMENT CHARACTER}")
        .replace("\u202e", "\N{REPLACEMENT CHARACTER}")
    )

    assert (
        told("text", EVIL)
        == f"a,b:{evil}:2:10: error[invalid-document]: {evil}\n  = {evil}\n\nfails (1 error)\n"
    )


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (Report((), (), ()), "passes\n"),
        (Report((), (), ("yank",)), "yank: passes\n"),
        (Report((PERSON,), (), ()), "needs a person (1 decision for a person)\n"),
        (Report((PERSON, PERSON), (), ()), "needs a person (2 decisions for a person)\n"),
        (Report((ON_BASE,), (), ()), "passes (1 already on base)\n"),
        (Report((PERSON, ANSWERED), (), ()), "needs a person (1 decision for a person, 1 approved)\n"),
        (Report((ANSWERED,), (), ()), "passes (1 approved)\n"),
        (Report((a_finding(), a_finding(line=3)), (), ()), "fails (2 errors)\n"),
    ],
)
def test_the_summary_is_one_line(report: Report, expected: str) -> None:
    assert findings.summary(report) == expected


def test_json_says_all_and_is_sorted() -> None:
    assert told("json", Report((a_finding(message="ü"),), (("r", "w"),), ("yank",))) == (
        "{\n"
        '  "classes": [\n    "yank"\n  ],\n'
        '  "findings": [\n    {\n'
        '      "answer": "",\n'
        '      "approvals": null,\n'
        '      "column": 10,\n'
        '      "hint": "write \\"1.1\\" in quotes",\n'
        '      "line": 2,\n'
        '      "message": "ü",\n'
        '      "on_base": false,\n'
        f'      "path": "{PATH}",\n'
        '      "rule": "invalid-document",\n'
        '      "severity": "error"\n'
        "    }\n  ],\n"
        '  "schema": "check-report/v1",\n'
        '  "skipped": [\n    {\n      "rule": "r",\n      "why": "w"\n    }\n  ],\n'
        '  "verdict": "fails"\n'
        "}\n"
    )


def test_json_says_who_may_approve_and_how_many_must() -> None:
    asked = Approvals.model_validate({"count": 2, "from": ["@acme/risk"]})
    (found,) = json.loads(told("json", Report((replace(PERSON, approvals=asked),), (), ())))["findings"]
    assert found["approvals"] == {"count": 2, "from": ["@acme/risk"], "author_may_approve": False}


def test_markdown_is_a_table() -> None:
    assert told("markdown", MIXED) == (
        "### ❌ registry check: promotion and policy: fails (1 error, 1 decision for a person, 1 already on base)\n"
        "\n"
        "| | where | rule | what | mend |\n"
        "|---|---|---|---|---|\n"
        f'| error | <code>{PATH}&#58;2&#58;10</code> | `invalid-document` | \\`version\\` is the number 1.1, expected text | write "1.1" in quotes |\n'
        f"| person | <code>{PATH}&#58;9&#58;10</code> | `approval-needed` | needs 1 approval | ask them |\n"
        f"| on base | <code>{PATH}&#58;4&#58;170</code> | `unknown-license` | SPDX knows no licence X |  |\n"
        "- skipped `artifact-unreachable`: the remotes \\| were not asked\n"
    )
    assert told("markdown", Report((), (), ())) == "### ✅ registry check: passes\n"
    assert told("markdown", Report((PERSON,), (), ())).startswith(
        "### 🙋 registry check: needs a person (1 decision"
    )


def test_nothing_of_the_registry_is_read_as_markdown() -> None:
    assert findings.cell(HOSTILE) == (
        "a\\|b \\<img src=x\\> \\[x\\](http&#58;//evil.example) !\\[x\\](y) @&#8203;alice #&#8203;12 www&#46;evil.example "
        "\\`c\\` \\*d\\* \\_e\\_ \\~f\\~ &amp; 50% ::error::\N{REPLACEMENT CHARACTER}\\[31m\N{REPLACEMENT CHARACTER}"
    )
    assert findings.code("a|b <i> [x](y) `c` *d* _e_ &amp; !\\\r\n") == (
        "<code>a&#124;b &#60;i&#62; &#91;x&#93;(y) &#96;c&#96; &#42;d&#42; &#95;e&#95; &#38;amp; &#33;&#92;</code>"
    )


def test_annotations_stand_on_their_lines() -> None:
    assert told("github", MIXED) == (
        f'::error file={PATH},line=2,col=10,title=invalid-document::`version` is the number 1.1, expected text%0Awrite "1.1" in quotes\n'
        f"::warning file={PATH},line=9,col=10,title=approval-needed::needs 1 approval%0Aask them\n"
        f"::notice file={PATH},line=4,col=170,title=unknown-license::SPDX knows no licence X\n"
        "promotion and policy: fails (1 error, 1 decision for a person, 1 already on base)\n"
    )


def test_an_annotation_cannot_be_broken_out_of() -> None:
    report = Report(
        (a_finding(path="a,b:c%\r\n::error::", message="50%\r\n::error::x", hint="y\nz"),), (), ()
    )

    assert told("github", report) == (
        "::error file=a%2Cb%3Ac%25%0D%0A%3A%3Aerror%3A%3A,line=2,col=10,title=invalid-document::"
        "50%25%0D%0A::error::x%0Ay%0Az\n"
        "fails (1 error)\n"
    )


def test_the_same_registry_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    broken = {
        layout.stage("churn", "production"): b"schema: assignment/v9\nversion: 1.1\nprevuous: x\n",
        layout.stage("churn", "canary"): builders.an_assignment(stage="canary")[
            layout.stage("churn", "canary")
        ],
        layout.version("churn", "1.0.0", "card.md"): b"\xff",
        "registry/models/UPPER/model.yaml": b"",
    }
    folders.write({**builders.a_registry(), **broken}, tmp_path)
    made = []
    for seed, zone, language in (
        ("0", "UTC", "C"),
        ("1", "Asia/Kolkata", "C.UTF-8"),
        ("2", "America/Los_Angeles", "POSIX"),
    ):
        strange = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "LANG": language}
        command = [
            sys.executable,
            "-c",
            "from modelry.cli import main; main()",
            "check",
            "--offline",
            "--format",
            "json",
            str(tmp_path),
        ]
        made.append(subprocess.run(command, capture_output=True, env=strange, check=False).stdout)

    assert made[0] == made[1] == made[2]
    assert sorted({finding["rule"] for finding in json.loads(made[0])["findings"]}) == [
        "incomplete-version",
        "invalid-document",
        "unexpected-file",
        "unknown-stage",
    ]
