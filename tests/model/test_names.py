"""Names, versions and references: what may be called what, and the one order of versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelry.errors import UsageError
from modelry.model import names
from modelry.model.names import Reference

IDENTIFIERS = st.from_regex(r"\A(0|[1-9][0-9]{0,3}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]{0,3})\Z")
NUMBERS = st.integers(0, 999_999_999)


@st.composite
def versions(draw: st.DrawFn) -> str:
    made = ".".join(str(draw(NUMBERS)) for _ in range(3))
    if before := draw(st.lists(IDENTIFIERS, max_size=3)):
        made += "-" + ".".join(before)
    if build := draw(st.lists(st.from_regex(r"\A[0-9a-zA-Z-]{1,4}\Z"), max_size=2)):
        made += "+" + ".".join(build)
    return made


NEAR = st.one_of(versions(), st.builds("1.0.{}-{}".format, st.integers(0, 1), IDENTIFIERS))
LABELS = st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?\Z")


def test_versions_are_ordered_as_semver_publishes_it() -> None:
    published = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "2.0.0",
        "2.1.0",
        "2.1.1",
        "2.10.0",
    ]
    shuffled = published[::2] + published[1::2]

    assert sorted(shuffled, key=names.precedence) == published


@given(NEAR, NEAR, NEAR)
def test_the_order_of_versions_is_total(one: str, two: str, three: str) -> None:
    a, b, c = (names.precedence(version) for version in (one, two, three))

    assert (a < b) + (a == b) + (a > b) == 1
    assert (a == b) == (one == two)
    assert not (a <= b <= c) or a <= c


@given(versions())
def test_a_version_that_is_one_is_taken_when_it_is_short_enough(version: str) -> None:
    assert names.is_version(version) == (len(version) <= 64)


@pytest.mark.parametrize(
    "text",
    ["1", "1.2", "1.2.3.4", "01.2.3", "1.02.3", "1.2.03", "v1.2.3", "1.2.3-", "1.2.3+", "1.2.3-01", "1.2.3-a..b", "1.2.3-ä", "1.2.3+a_b", "1.2.-3", "-1.2.3", "1.2.1234567890", "1.2.x", "latest", "", " 1.2.3", "1.2.3 ", "1.2.3\n", "1.2.\u0663", "1.2.3-" + "a" * 60],
)  # fmt: skip
def test_what_is_no_version_is_refused(text: str) -> None:
    assert not names.is_version(text)


@pytest.mark.parametrize("text", ["a", "0", "churn", "churn-2", "a" * 63, "latest", "v1"])
def test_a_model_may_be_called_so(text: str) -> None:
    assert names.is_model(text)


@pytest.mark.parametrize(
    "text",
    ["", "-a", "a-", "Churn", "a_b", "a.b", "a b", "a" * 64, "chürn", "churn\n", "a/b", "..", "\uff41"],
)
def test_a_model_may_not_be_called_so(text: str) -> None:
    assert not names.is_model(text)


@pytest.mark.parametrize(
    "text", ["staging", "production", "eu-canary", "v", "v1x", "v-1", "a" * 63, "latest-2", "x1"]
)
def test_a_stage_may_be_called_so(text: str) -> None:
    assert names.is_stage(text)


@pytest.mark.parametrize(
    "text", ["latest", "v1", "v01", "v123", "1a", "", "a-", "-a", "Prod", "a" * 64, "prod\n", "v\u0661"]
)
def test_a_stage_may_not_be_called_so(text: str) -> None:
    assert not names.is_stage(text)


@pytest.mark.parametrize(
    ("version", "part", "expected"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3+build", "patch", "1.2.4"),
        ("2.0.0-rc.1", "major", "2.0.0"),
        ("2.0.0-rc.1", "minor", "2.0.0"),
        ("2.0.0-rc.1", "patch", "2.0.0"),
        ("2.1.0-rc.1", "major", "3.0.0"),
        ("2.1.0-rc.1", "minor", "2.1.0"),
        ("2.1.3-rc.1", "minor", "2.2.0"),
        ("2.1.3-rc.1", "patch", "2.1.3"),
    ],
)
def test_a_version_is_bumped(version: str, part: str, expected: str) -> None:
    assert names.bump(version, part) == expected


@given(versions(), st.sampled_from(["major", "minor", "patch"]))
def test_a_bump_is_a_higher_release(version: str, part: str) -> None:
    made = names.bump(version, part)

    assert names.precedence(made) > names.precedence(version.partition("+")[0])
    assert names.is_release(made)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.0.0", True), ("1.0.0+a-b", True), ("1.0.0-rc.1", False), ("1.0.0-rc+b", False)],
)
def test_a_release_is_no_pre_release(version: str, expected: bool) -> None:
    assert names.is_release(version) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("churn", Reference("churn", None, None)),
        ("churn@latest", Reference("churn", None, None)),
        ("churn@1.2.0", Reference("churn", "1.2.0", None)),
        ("churn@v1.2.0", Reference("churn", "1.2.0", None)),
        ("churn@1.2.0-rc.1+b.1", Reference("churn", "1.2.0-rc.1+b.1", None)),
        ("churn@production", Reference("churn", None, "production")),
        ("churn#production", Reference("churn", None, "production")),
    ],
)
def test_a_reference_is_read(text: str, expected: Reference) -> None:
    assert names.reference(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "churn@",
        "churn#",
        "churn#latest",
        "churn#1.2.0",
        "Churn",
        "churn@1.2",
        "churn@v1",
        "churn@@a",
        "a b",
        "../churn",
        "churn@1.2.0\n",
    ],
)
def test_what_is_no_reference_is_refused_with_what_would_be_one(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        names.reference(text)

    assert str(caught.value) == f"{text!r} is not a reference"
    assert (
        caught.value.hint
        == "write MODEL, MODEL@1.2.0, MODEL@STAGE or MODEL@latest, for example churn@production"
    )


@given(
    st.one_of(
        st.builds(Reference, LABELS, st.none(), st.none()),
        st.builds(Reference, LABELS, versions().filter(names.is_version), st.none()),
        st.builds(Reference, LABELS, st.none(), LABELS.filter(names.is_stage)),
    )
)
def test_a_reference_is_read_as_it_is_written(reference: Reference) -> None:
    assert names.reference(str(reference)) == reference
