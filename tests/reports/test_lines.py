"""Other people's words on a terminal, as lines that fit."""

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from modelry.reports import lines

WORDS = st.text(st.sampled_from(" abc-\N{NO-BREAK SPACE}é\t\n"), max_size=2 * lines.WIDTH) | st.text()


@given(WORDS, st.integers(0, 12))
def test_words_that_fit_are_laid_out_as_those_that_do_not(words: str, indent: int) -> None:
    blanks = " " * indent
    slowly = textwrap.fill(lines.shown(words), lines.WIDTH, initial_indent=blanks, subsequent_indent=blanks)
    assert lines.wrapped(words, indent) == f"{slowly}\n"
