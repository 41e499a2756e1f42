"""Every rule of the doctor is shown by setups that it finds fault with, and such that it lets be."""

import json
import re
from pathlib import Path

import pytest

from doctor import page, shown
from modelry import doctor
from modelry.checks import Rule, Severity
from modelry.doctor import Setup
from modelry.errors import Exit

RULES = {rule.id: rule for rule in doctor.ALL}
BAD = [example for example in shown.folders() if example.name.startswith("bad-")]
GOOD = [example for example in shown.folders() if example.name.startswith("good-")]
NUMBERS = [f"D{number:02}" for number in range(1, 27)]


@pytest.mark.parametrize("bad", BAD, ids=shown.name)
def test_a_weakened_setting_is_named_by_its_rule_and_by_no_other(bad: Path, tmp_path: Path) -> None:
    rule = RULES[bad.parent.name]
    code = Exit.FINDINGS if rule.severity is Severity.ERROR else Exit.DONE
    top = shown.lay(bad, tmp_path / "top")

    assert shown.doctor(top, "--settings", shown.SETTINGS) == (
        code,
        (bad / "expected.txt").read_text("utf-8"),
    )
    told = json.loads(shown.doctor(top, "--settings", shown.SETTINGS, "--json").said)
    assert {finding["rule"] for finding in told["findings"]} == {rule.id}
    assert told["skipped"] == []


@pytest.mark.parametrize("good", GOOD, ids=shown.name)
def test_a_sound_setting_is_let_be(good: Path, tmp_path: Path) -> None:
    top = shown.lay(good, tmp_path / "top")

    assert shown.doctor(top, "--settings", shown.SETTINGS) == (Exit.DONE, "passes\n")


def test_what_all_examples_start_from_is_sound(tmp_path: Path) -> None:
    assert shown.doctor(shown.lay(Path("nothing"), tmp_path / "top"), "--settings", shown.SETTINGS) == (
        0,
        "passes\n",
    )


@pytest.mark.parametrize("rule", doctor.ALL, ids=lambda rule: rule.id)
def test_every_rule_has_examples_of_both_kinds(rule: Rule[Setup]) -> None:
    assert {path.name.partition("-")[0] for path in (shown.EXAMPLES / rule.id).iterdir()} == {"good", "bad"}


def test_every_point_of_the_checklist_is_a_rule_s() -> None:
    told = [number for rule in doctor.ALL for number in re.findall(r"\((D\d\d)\)$", rule.explanation)]

    assert sorted(set(told)) == NUMBERS


def test_every_example_is_of_a_rule_and_is_whole() -> None:
    assert {path.name for path in shown.EXAMPLES.iterdir()} == set(RULES)
    for example in shown.folders():
        inside = {path.name for path in example.iterdir()}
        assert inside <= {"after", "removed.txt", "settings.patch.json", "expected.txt"}, example
        assert ("expected.txt" in inside) == example.name.startswith("bad-"), example


def test_the_page_in_the_tree_is_fresh() -> None:
    assert page.PAGE.read_text("utf-8") == page.made(), (
        "write it: PYTHONPATH=tests python -m doctor.page --write"
    )
