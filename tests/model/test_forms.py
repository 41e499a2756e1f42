"""What an issue says is read by the headings of its form, and what the form did not make is refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelry.errors import UsageError
from modelry.model import forms
from modelry.model.forms import Question

QUESTIONS = [
    Question("model", "Model", "input"),
    Question("metrics", "Metrics", "textarea"),
    Question("card", "Model card", "textarea"),
    Question("tag", "Tags", "input"),
    Question("agreed", "Agreed", "checkboxes"),
]


def issue(**answers: str) -> str:
    """Give an issue as GitHub writes it."""
    given = {
        "model": "churn",
        "metrics": "```yaml\nauc: 0.9\n```",
        "card": "# churn",
        "tag": "_No response_",
        "agreed": "- [X] I may",
        **answers,
    }
    return "\n\n".join(f"### {question.label}\n\n{given[question.id]}" for question in QUESTIONS)


def test_answers_are_told_by_their_headings_and_empty_ones_are_left_out() -> None:
    assert forms.read(issue(), QUESTIONS) == {"model": "churn", "metrics": "auc: 0.9", "card": "# churn"}


def test_line_ends_of_windows_are_those_of_others() -> None:
    assert forms.read(issue().replace("\n", "\r\n"), QUESTIONS) == forms.read(issue(), QUESTIONS)


def test_an_answer_may_have_headings_fences_and_other_words_of_markdown() -> None:
    card = "# churn\n\n### Use\n\n```python\n### Tags\n```\n\n### Model\n\n### Metrics"

    assert forms.read(issue(card=card), QUESTIONS)["card"] == card


def test_what_the_form_fences_may_hold_the_next_heading() -> None:
    fenced = "```yaml\n### Model card\nauc: 0.9\n```"

    assert forms.read(issue(metrics=fenced), QUESTIONS)["metrics"] == "### Model card\nauc: 0.9"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the issue has no section 'Model' where the form has it"),
        ("Please register churn.", "the issue has no section 'Model' where the form has it"),
        (issue().replace("### Metrics", "### Results"), "has no section 'Metrics'"),
        (issue().replace("### Agreed", "Agreed"), "the issue has no section 'Agreed' where the form has it"),
        (
            issue(model="churn\n\n### Owner\n\n@mallory"),
            "has a section 'Owner' that the form does not have there",
        ),
        (
            issue(card="# churn\n\n### Tags\n\nsafe"),
            "the issue has a section 'Tags' that the form does not have there",
        ),
        (issue(model="churn\nfraud"), "'Model' is one line of at most 1,000 characters"),
        (issue(model="c" * 1001), "'Model' is one line of at most 1,000 characters"),
        (issue(agreed="- [ ] I may"), "'Agreed' is not ticked"),
        (issue(card="```\nnever closed"), "has no section 'Tags'"),
        (issue(card="c" * 65_536), "the issue has 65,"),
        (issue(card="\x1b[2J"), r"the issue holds '\x1b', which nobody sees"),
        (issue(card="\u202etxt"), r"the issue holds '\u202e', which nobody sees"),
    ],
)
def test_what_the_form_did_not_make_is_refused_by_name(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        forms.read(text, QUESTIONS)
    assert told in str(caught.value)
    assert caught.value.hint


PLAIN = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30)


@given(PLAIN, PLAIN, st.lists(PLAIN.filter(lambda line: not line.startswith("```")), max_size=5))
def test_what_is_answered_is_what_is_read(model: str, tag: str, lines: list[str]) -> None:
    card = "\n".join(["card", *lines])
    found = forms.read(issue(model=model, tag=tag, card=card), QUESTIONS)

    assert (found["model"], found["tag"], found["card"]) == (model, tag, card)


@given(st.text())
def test_whatever_a_stranger_writes_is_read_or_refused(text: str) -> None:
    for given_text in (text, issue(card=text), issue(model=text)):
        try:
            assert set(forms.read(given_text, QUESTIONS)) <= {question.id for question in QUESTIONS}
        except UsageError as error:
            assert str(error)  # noqa: PT017 - it is one of two outcomes
