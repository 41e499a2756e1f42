"""A review of prepared changes: its golden reports, and that whoever reads only their first screen decides rightly."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from modelry.reports import documents
from modelry.reports import review as reviews
from reports import reviewed

GUIDE = Path(__file__).parents[2] / "site/docs/how-to/review.md"
FIRST_SCREEN = 40
"""The lines that a reviewer sees before scrolling."""


def line(case: str) -> str:
    """Give the line by which a right reviewer decides, as the README of a case has it."""
    readme = (reviewed.HOME / case / "README.md").read_text("utf-8")
    return readme.partition("```text\n")[2].partition("\n```")[0]


def test_every_prepared_change_has_a_folder_and_every_folder_a_change() -> None:
    assert sorted(path.name for path in reviewed.HOME.iterdir()) == sorted(reviewed.CASES)


@pytest.mark.parametrize("case", reviewed.CASES)
def test_a_review_of_a_prepared_change_is_what_was_read_and_found_right(case: str, tmp_path: Path) -> None:
    found = reviewed.review(reviewed.CASES[case](), tmp_path)
    expected = (reviewed.HOME / case / "expected.md").read_text("utf-8")
    assert reviews.FORMATS["markdown"](found) == expected, (
        "stale: PYTHONPATH=tests python -m reports.reviewed --write"
    )

    schema = json.loads(documents.schemas()["schemas/review/v1.json"])
    document = json.loads(reviews.FORMATS["json"](found))
    Draft202012Validator(schema).validate(document)
    assert reviews.Review.model_validate_json(json.dumps(document)) == found
    # An address stays whole, so that it can be followed.
    lines = [told for told in reviews.FORMATS["text"](found).splitlines() if not told.startswith("https://")]
    assert [told for told in lines if len(told) > reviews.text.WIDTH] == []


@pytest.mark.parametrize("case", reviewed.CASES)
def test_the_first_screen_of_a_review_says_what_a_right_reviewer_decides_by(case: str) -> None:
    expected = (reviewed.HOME / case / "expected.md").read_text("utf-8").splitlines()
    assert line(case)
    assert [told for told in expected[:FIRST_SCREEN] if line(case) in told]


def test_the_guide_shows_what_a_review_says(tmp_path: Path) -> None:
    shown = GUIDE.read_text("utf-8").partition("```text\n")[2].partition("```")[0]
    found = reviewed.review(reviewed.CASES["slice-regression"](), tmp_path)
    assert reviews.FORMATS["text"](found).startswith(shown)
