"""What a commit of main says of who brought it, in the words of each forge."""

import pytest

from modelry.model import landings
from modelry.model.landings import PullRequest

ADA, BOB, GRACE = "Ada <ada@example.org>", "Bob <bob@example.org>", "Grace <grace@example.org>"
GITHUB, GITLAB = "https://github.com/acme/models", "https://gitlab.example.org/acme/models"


@pytest.mark.parametrize(
    ("message", "home", "request_"),
    [
        ("Promote churn (#12)", GITHUB, PullRequest(12, f"{GITHUB}/pull/12")),
        ("Promote churn (#12)", "https://git.example.org/m", PullRequest(12)),
        ("Merge pull request #7 from ada/promote\n\nPromote", GITHUB, PullRequest(7, f"{GITHUB}/pull/7")),
        ("Merge pull request 'Promote' (#7) from ada/promote into main", "", None),
        ("Merged in promote (pull request #3)", "https://bitbucket.org/acme/m", PullRequest(3)),
        ("Merged PR 44: Promote churn", "https://dev.azure.com/acme/_git/m", PullRequest(44)),
        (
            "Merge branch 'promote' into 'main'\n\nPromote\n\nSee merge request acme/models!5",
            GITLAB,
            PullRequest(5, f"{GITLAB}/-/merge_requests/5"),
        ),
        ("Promote churn, see #12 for more", GITHUB, None),
        ('Revert "Promote (#12)"', GITHUB, None),
        ("Promote\n\nMerge pull request #12 from x", GITHUB, None),
        ("PR without a number", GITHUB, None),
    ],
)
def test_a_pull_request_is_known_by_the_words_of_its_forge(
    message: str, home: str, request_: PullRequest | None
) -> None:
    assert of(message, home=home).pull_request == request_


def of(message: str, *merged: str, author: str = ADA, home: str = "") -> landings.Landing:
    return landings.of("c" * 40, "2026-03-01T12:00:00Z", author, ADA, message, merged=merged, home=home)


def test_a_merges_trailers_tell_who_proposed_and_approved() -> None:
    found = of(f"Promote\n\nwhy\n\nProposed-by: {BOB}\nApproved-by: {ADA}\nApproved-by: {GRACE}\n", GRACE)
    assert found[2:] == ("Promote", (BOB,), ADA, (ADA, GRACE), "merge", None)


def test_that_nobody_had_to_approve_is_told_from_that_nobody_knows() -> None:
    assert of("Promote\n\nChecked-by: modelry 0.1.0", BOB).approved_by == ()
    assert of("Promote\n\nReviewed-on: somewhere", BOB).approved_by is None


@pytest.mark.parametrize(
    "message",
    [
        f"Approved-by: {GRACE}",
        f"Promote\n\nApproved-by: {GRACE}\n\nthe end",
        f"Promote\n\nas she said:\nApproved-by: {GRACE}",
        f"Promote\n\nApproved-by:{GRACE}",
    ],
)
def test_words_that_only_look_like_trailers_tell_nothing(message: str) -> None:
    assert of(message, BOB)[3:6] == ((BOB,), ADA, None)


def test_a_commit_of_one_parent_is_its_authors_whatever_it_says() -> None:
    found = of(f"Promote\n\nProposed-by: {GRACE}\nApproved-by: {GRACE}", author=BOB)
    assert found[3:] == ((BOB,), ADA, None, None, None)
    assert of("Promote").merged_by is None


def test_a_name_is_what_stands_before_the_address() -> None:
    assert [landings.name(who) for who in (ADA, "Ada", "<ada@example.org>")] == [
        "Ada",
        "Ada",
        "<ada@example.org>",
    ]
