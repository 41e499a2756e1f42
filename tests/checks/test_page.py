"""The rules' page: fresh in the tree, and readable whatever an example holds."""

from collections.abc import Iterator

from checks import page
from modelry.catalog import rules
from modelry.catalog.rules import Example
from modelry.checks.base import Context, Problem, Rule, Severity


def test_the_page_in_the_tree_is_fresh() -> None:
    assert page.PAGE.read_text("utf-8") == page.made(), (
        "write it: PYTHONPATH=tests python -m checks.page --write"
    )


def look(_: Context) -> Iterator[Problem]:
    """A file is wrong.

    It misleads. Mend it.
    """
    yield from ()


def test_a_rule_is_shown_by_its_first_bad_and_good_example() -> None:
    rule = Rule("wrong-file", Severity.ERROR, look)
    examples = [
        Example("wrong-file", False, "has a fence", {}, {"card.md": b"```\nx"}, "card.md:1:1: error\n"),
        Example("wrong-file", False, "is another", {}, {}, "never shown"),
        Example(
            "wrong-file",
            True,
            "taken out",
            {"same": b"", "a": b"1\n2\n3\n4\n5\n"},
            {"same": b"", "a": b"1\n2\n3\n4\n"},
            "",
        ),
        Example("other-rule", True, "of no interest", {}, {}, ""),
    ]

    head, _, part = rules.page([rule], examples).partition("## wrong-file\n")
    assert head.endswith(
        "| rule | what it finds |\n|---|---|\n| [`wrong-file`](#wrong-file) | A file is wrong. |\n\n"
    )
    assert part == (
        "\n**A file is wrong.** (error)\n\nIt misleads. Mend it.\n\n"
        "### Refused: has a fence\n\n"
        "````diff\n--- /dev/null\n+++ card.md\n@@ -0,0 +1,2 @@\n+```\n+x\n````\n\n"
        "```text\ncard.md:1:1: error\n```\n\n"
        "Likewise: is another.\n\n"
        "### Passes: taken out\n\n"
        "```diff\n--- a\n+++ a\n@@ -3,3 +3,2 @@\n 3\n 4\n-5\n```\n"
    )
