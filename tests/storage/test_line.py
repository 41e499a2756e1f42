"""Main's line in real repositories: first parents, days in UTC, clocks that run backwards, clones that end early."""

from pathlib import Path

import pytest

from modelry.errors import NotFoundError
from modelry.git import Repository
from modelry.model.files import Entry
from modelry.storage import line
from modelry.storage.line import Touch


@pytest.fixture
def empty(tmp_path: Path) -> Repository:
    Repository(tmp_path).run("init", "--quiet", "--initial-branch=main", str(tmp_path / "alone"))
    return Repository(tmp_path / "alone")


def commit(
    repository: Repository,
    when: str,
    *parents: str,
    files: dict[str, bytes] | None = None,
    branch: str = "main",
) -> str:
    """Make a commit at a time, after these parents or the branch, and move the branch there."""
    before = parents or tuple(filter(None, [repository.resolves(f"refs/heads/{branch}")]))
    tree = repository.write(before[0] if before else None, files or {})
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    args = [part for parent in before for part in ("-p", parent)]
    made = repository.run("commit-tree", tree, *args, "-m", when, extra=dates).strip()
    repository.run("update-ref", f"refs/heads/{branch}", made)
    return made


def test_a_day_ends_at_midnight_in_utc_wherever_the_committer_sat(empty: Repository) -> None:
    first = commit(empty, "2026-03-01T23:59:59Z")
    second = commit(empty, "2026-03-02T08:30:00+09:00")  # still the first of March in UTC
    third = commit(empty, "2026-03-01T20:00:00-05:00")  # the second of March in UTC
    assert line.at(empty, "2026-03-01") == second
    assert line.at(empty, "2026-03-02") == third
    assert line.at(empty, "2026-03-01T23:59:59Z") == second
    assert line.at(empty, "2026-03-02T09:00:00+09:00") == second
    assert line.at(empty, first[:10]) == first


def test_what_follows_a_commit_came_later_whatever_its_clock_says(empty: Repository) -> None:
    first = commit(empty, "2026-03-01T12:00:00Z")
    second = commit(empty, "2026-03-10T12:00:00Z")
    backwards = commit(empty, "1999-01-01T00:00:00Z")
    last = commit(empty, "2026-03-20T12:00:00Z")
    # Git, which goes by the clock alone, answers with the commit of 1999 here.
    asked = ("rev-list", "-1", "--first-parent", "--before=2026-03-05T00:00:00Z", "main")
    assert empty.run(*asked).strip() == backwards
    assert line.at(empty, "2026-03-05") == first
    assert line.at(empty, "2026-03-10") == backwards
    assert line.at(empty, "2026-03-31") == last
    assert line.after(empty, "2026-03-10", "main") == {second, backwards, last}
    assert line.after(empty, "2026-03-11", "main") == {last}


def test_an_answer_for_a_day_that_is_over_does_not_change_with_what_comes_later(empty: Repository) -> None:
    days = ["2026-03-01", "2026-03-04", "2026-03-02", "2026-03-09", "1970-01-02", "2026-03-12"]
    commit(empty, f"{days[0]}T12:00:00Z")
    seen: dict[str, str] = {}
    for day in days[1:]:
        commit(empty, f"{day}T12:00:00Z")
        over = [told for told in sorted(days) if days[0] <= told < max(days[: days.index(day) + 1])]
        now = {told: line.at(empty, told) for told in over}
        assert {told: now[told] for told in seen} == seen
        seen = now
    assert len(seen) == 4


def test_a_branchs_commits_count_from_their_merge(empty: Repository) -> None:
    first = commit(empty, "2026-03-01T12:00:00Z")
    side = commit(empty, "2026-03-02T12:00:00Z", first, files={"f": b"side"}, branch="side")
    merged = commit(empty, "2026-03-05T12:00:00Z", first, side, files={"f": b"side"})
    assert line.at(empty, "2026-03-03") == first
    assert [one.commit for one in line.commits(empty, "main")] == [first, merged]
    assert [one.commit for one in line.commits(empty, "main", "f")] == [merged]
    blob = empty.run("rev-parse", "main:f").strip()
    assert list(line.touched(empty, line.commits(empty, "main"))) == [
        Touch(merged, "f", None, Entry("100644", blob))
    ]


def test_an_octopus_is_compared_with_its_first_parent(empty: Repository) -> None:
    first = commit(empty, "2026-03-01T12:00:00Z", files={"a": b"1"})
    sides = [
        commit(empty, "2026-03-02T12:00:00Z", first, files={name: b"2"}, branch=name) for name in ("b", "c")
    ]
    merged = commit(empty, "2026-03-03T12:00:00Z", first, *sides, files={"b": b"2", "c": b"2"})
    last = line.commits(empty, "main")[-1]
    assert (last.commit, last.parents.split()) == (merged, [first, *sides])
    assert [touch.path for touch in line.touched(empty, [last])] == ["b", "c"]


def test_a_line_is_read_from_any_folder_and_odd_names_are_names(empty: Repository) -> None:
    commit(empty, "2026-03-01T12:00:00Z", files={"registry/a[1].yaml": b"", ":odd/ü\n.yaml": b"", "x": b""})
    empty.run("reset", "--quiet", "--hard")
    below = Repository(empty.path / "registry")
    (one,) = line.commits(below, "main", "registry/a[1].yaml")
    assert [touch.path for touch in line.touched(below, [one], "registry")] == ["registry/a[1].yaml"]
    assert line.commits(below, "main", "registry/a1.yaml") == ()
    assert [touch.path for touch in line.touched(below, [one])] == [
        ":odd/ü\n.yaml",
        "registry/a[1].yaml",
        "x",
    ]


def test_long_lines_are_compared_in_two_halves_and_stay_in_order(
    empty: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [commit(empty, f"2026-03-{day:02}T12:00:00Z", files={"f": bytes([day])}) for day in range(1, 8)]
    whole = list(line.touched(empty, line.commits(empty, "main")))
    monkeypatch.setattr(line, "_FEW", 2)
    assert list(line.touched(empty, line.commits(empty, "main"))) == whole
    assert [touch.commit for touch in whole] == made


def test_a_shallow_clone_says_how_far_it_reaches(empty: Repository, tmp_path: Path) -> None:
    *_, last = (commit(empty, f"2026-03-0{day}T12:00:00Z") for day in (1, 5, 9))
    empty.run("clone", "--quiet", "--depth", "2", empty.path.as_uri(), str(tmp_path / "shallow"))
    shallow = Repository(tmp_path / "shallow")
    assert line.at(shallow, "2026-03-09") == last
    with pytest.raises(
        NotFoundError, match="this clone is shallow, and does not reach back to 2026-03-04"
    ) as error:
        line.at(shallow, "2026-03-04")
    assert error.value.hint == "git fetch --unshallow"


def test_days_before_main_began_and_words_are_refused(empty: Repository) -> None:
    commit(empty, "2026-03-01T12:00:00Z")
    with pytest.raises(NotFoundError, match="main has nothing from before 2026-02-28"):
        line.at(empty, "2026-02-28")
    for ask in (lambda: line.at(empty, "last week"), lambda: line.after(empty, "last week", "main")):
        with pytest.raises(NotFoundError, match="there is no commit last week"):
            ask()
    assert line.after(empty, "2026-02-28", "main") == {empty.commit("main")}


@pytest.mark.parametrize("bare", [True, False])
def test_a_default_branch_of_another_name_is_found(empty: Repository, tmp_path: Path, bare: bool) -> None:
    made = commit(empty, "2026-03-01T12:00:00Z", branch="trunk")
    empty.run("symbolic-ref", "HEAD", "refs/heads/trunk")
    commit(empty, "2026-03-02T12:00:00Z", made, branch="side")
    kind = ["--bare"] if bare else []
    empty.run("clone", "--quiet", *kind, str(empty.path), str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone")
    assert clone.main == "trunk"
    assert line.at(clone, "2026-03-31") == made


def test_without_origin_the_configured_name_or_the_only_branch_is_main(empty: Repository) -> None:
    commit(empty, "2026-03-01T12:00:00Z", branch="trunk")
    assert empty.main == "trunk"
    empty.run("branch", "other", "trunk")
    assert empty.main == "main"
    empty.run("config", "init.defaultBranch", "trunk")
    assert empty.main == "trunk"
