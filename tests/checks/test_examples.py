"""Every rule is shown by examples: what it catches, and what it lets pass."""

import json
from pathlib import Path

import pytest

from checks import shown
from modelry import checks
from modelry.checks import Rule, Severity
from modelry.errors import Exit

RULES = {rule.id: rule for rule in checks.ALL}
BAD = [example for example in shown.folders() if example.name.startswith("bad-")]
GOOD = [example for example in shown.folders() if example.name.startswith("good-")]
FOLDERS = [example for example in shown.folders() if shown.is_told_by_folders(example)]


@pytest.mark.parametrize("bad", BAD, ids=shown.name)
def test_a_bad_example_draws_the_findings_written_beside_it(bad: Path, tmp_path: Path) -> None:
    rule = RULES[bad.parent.name]
    expected = (bad / "expected.txt").read_text("utf-8")
    code = Exit.FINDINGS if rule.severity is Severity.ERROR else Exit.DONE

    assert shown.by_git(bad, tmp_path / "repository") == (code, expected)
    assert f": {rule.severity.value}[{rule.id}]: " in expected


@pytest.mark.parametrize("good", GOOD, ids=shown.name)
def test_a_good_example_passes(good: Path, tmp_path: Path) -> None:
    code, said = shown.by_git(good, tmp_path / "repository", "--format", "json")
    report = json.loads(said)

    new = [finding["rule"] for finding in report["findings"] if not finding["on_base"]]
    # A waiver that has nothing wrong still asks the owner whom it names.
    asks = new == ["waiver-granted"] != [good.parent.name]
    assert (code, report["skipped"]) == (Exit.DONE, [])
    assert (report["verdict"], new) == (("needs a person", new) if asks else ("passes", []))
    assert report["classes"]


@pytest.mark.parametrize("example", FOLDERS, ids=shown.name)
def test_two_folders_are_judged_as_a_branch_is(example: Path, tmp_path: Path) -> None:
    as_branch = json.loads(shown.by_git(example, tmp_path / "repository", "--format", "json").said)
    as_folders = json.loads(shown.by_folders(example, tmp_path, "--format", "json").said)
    skipped = {skip["rule"] for skip in as_folders["skipped"]}

    assert skipped <= {
        "artifact-unreachable",
        "md5-collision",
        "name-reused",
        "source-differs",
        "stage-skipped",
    }
    assert as_folders["findings"] == [
        found for found in as_branch["findings"] if found["rule"] not in skipped
    ]
    # That a version held the stage long ago is known from main's history only.
    far_back = as_branch["classes"] == ["rollback"] and as_folders["classes"] == ["promotion"]
    assert far_back or as_folders["classes"] == as_branch["classes"]


@pytest.mark.parametrize("rule", checks.ALL, ids=lambda rule: rule.id)
def test_every_rule_has_examples_of_both_kinds(rule: Rule) -> None:
    assert {path.name.partition("-")[0] for path in (shown.EXAMPLES / rule.id).iterdir()} == {"good", "bad"}


def test_every_example_is_of_a_rule_and_is_whole() -> None:
    assert {path.name for path in shown.EXAMPLES.iterdir()} == set(RULES)
    for example in shown.folders():
        inside = {path.name for path in example.iterdir()}
        assert inside <= {
            "earlier",
            "before",
            "after",
            "gone.txt",
            "removed.txt",
            "renamed.txt",
            "options.txt",
            "web",
            "expected.txt",
        }, example
        assert inside & {"after", "removed.txt"}, example
        assert ("expected.txt" in inside) == example.name.startswith("bad-"), example


def test_what_all_examples_start_from_has_no_findings(tmp_path: Path) -> None:
    top = shown.lay(shown.BASE, top=tmp_path / "registry-of-examples")

    assert shown.check(str(top)) == (Exit.DONE, "passes\n")
