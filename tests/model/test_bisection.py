"""The search for the first bad holder, held against looking at all of them."""

from math import ceil, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelry.errors import RegistryError
from modelry.model import bisection
from modelry.model.bisection import Found, Verdict


class Bench:
    """Judges holders by a table, and counts."""

    def __init__(self, holders: list[str], verdicts: dict[str, Verdict]) -> None:
        self.holders = holders
        self.verdicts = verdicts
        self.asked: list[str] = []

    def judge(self, place: int, left: int) -> Verdict:
        del left
        self.asked.append(self.holders[place])
        return self.verdicts[self.holders[place]]

    def search(self, *known: str | None) -> Found:
        return bisection.search(self.holders, self.judge, *known)


@given(st.data(), st.integers(2, 200))
def test_the_first_bad_one_is_found_in_as_few_runs_as_halving_takes(data: st.DataObject, count: int) -> None:
    holders = [str(number) for number in range(count)]
    first = data.draw(st.integers(1, count - 1))
    bench = Bench(holders, {one: "bad" if int(one) >= first else "good" for one in holders})
    found = bench.search()
    assert (found.good, found.bad) == (first - 1, first)
    assert len(bench.asked) == len(set(bench.asked)) <= ceil(log2(count)) + 2


@given(st.data(), st.integers(3, 60))
def test_skipped_ones_widen_the_answer_by_themselves_only(data: st.DataObject, count: int) -> None:
    holders = [str(number) for number in range(count)]
    first = data.draw(st.integers(1, count - 1))
    skipped = data.draw(st.sets(st.integers(1, count - 2)))
    table: dict[str, Verdict] = {one: "bad" if int(one) >= first else "good" for one in holders}
    table |= {str(one): "skipped" for one in skipped}
    bench = Bench(holders, table)
    found = bench.search()
    good = max(place for place in range(first) if place not in skipped)
    bad = min(place for place in range(first, count) if place not in skipped)
    assert (found.good, found.bad) == (good, bad)
    assert len(bench.asked) == len(set(bench.asked))


@given(st.data(), st.integers(2, 8), st.integers(2, 40))
def test_whatever_came_back_how_often_a_bad_one_follows_a_good_one(
    data: st.DataObject, versions: int, moves: int
) -> None:
    """Holders that come and go: what is found is a real turn, and each version is run once."""
    number = st.integers(0, versions - 1).map(str)
    holders = ["0", *data.draw(st.lists(number, min_size=moves, max_size=moves)), "last"]
    table: dict[str, Verdict] = {"0": "good", "last": "bad"}
    for one in holders:
        table.setdefault(one, data.draw(st.sampled_from(("good", "bad", "skipped"))))
    bench = Bench(holders, table)
    found = bench.search()
    assert [table[holders[place]] for place in (found.good, found.bad)] == ["good", "bad"]
    assert {table[one] for one in holders[found.good + 1 : found.bad]} <= {"skipped"}
    assert len(bench.asked) == len(set(bench.asked))


def test_a_good_one_that_came_back_counts_where_it_held_last_before_the_bad_one() -> None:
    bench = Bench(["a", "b", "a", "c", "b"], {"c": "bad"})
    assert bench.search("a", "b")[:2] == (2, 3)
    assert bench.asked == ["c"]


@pytest.mark.parametrize(
    ("code", "verdict"), [(0, "good"), (1, "bad"), (124, "bad"), (125, "skipped"), (126, "bad"), (127, "bad")]
)
def test_exit_codes_mean_what_they_mean_to_git_bisect(code: int, verdict: Verdict) -> None:
    assert bisection.verdict(code) == verdict


@pytest.mark.parametrize("code", [128, 130, 255, -9])
def test_from_128_on_a_code_stops(code: int) -> None:
    with pytest.raises(RegistryError):
        bisection.verdict(code)
