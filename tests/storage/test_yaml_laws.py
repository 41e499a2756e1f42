"""Laws of the YAML reader and writer, tried on generated documents, against other readers."""

from unicodedata import normalize

import yaml as pyyaml
import yaml12
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelry.errors import RegistryError
from modelry.storage import yaml, yaml_characters, yaml_nodes, yaml_plain, yaml_scalars


def tries(count: int) -> settings:
    """Give the settings of a law: how often, and no complaint about a busy machine."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class DatesAsText(pyyaml.CSafeLoader):
    """YAML 1.1 as PyYAML reads it, but for dates: those are text to us on purpose."""


DatesAsText.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in pyyaml.CSafeLoader.yaml_implicit_resolvers.items()
}

TEXT = (
    st.text(st.characters(codec="utf-8"), max_size=30)
    .map(lambda text: normalize("NFC", text))
    .filter(lambda text: yaml_characters.fault_in_value(text) is None)
)
TRICKY = st.sampled_from(
    [
        *(
            "1.10",
            "yes",
            "no",
            "on",
            "y",
            "null",
            "~",
            "2026-01-01",
            "0x10",
            "1_0",
            ".inf",
            "12:30:00",
            "",
            " a",
            "a ",
        ),
        *(
            "a: b",
            "a #b",
            "#a",
            "- a",
            "-",
            "-1",
            "1e5",
            "0.5",
            "2.0",
            "true",
            "True",
            "<<",
            "=",
            "a:",
            ":a",
            "?a",
            "[a]",
        ),
        *(
            "a\nb",
            "a\nb\n",
            "a\n\n",
            "\na",
            " a\nb",
            "a \nb",
            "a\tb",
            "a\n\tb",
            "\n",
            "a\n\nb\n",
            "'a'",
            '"a"',
            "a\\b",
        ),
        *(
            "{a}",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a`",
            "...",
            "---",
            "a, b",
            "it's",
            "\xa0a",
            "1.2.0",
            "é",
            "😀",
        ),
    ]
)
STRINGS = TEXT | TRICKY | st.lists(TEXT | TRICKY, min_size=2, max_size=4).map("\n".join)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18) + 1, 10**18 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | STRINGS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4),
    max_leaves=20,
)
MAPPINGS = st.dictionaries(STRINGS, VALUES, max_size=5)

# Lines that are nearly right, so that both readers see much that they can read, and much that they must not.
INDENTS = st.sampled_from(["", "", "", "  ", "  ", "    ", " ", "   "])
DASHES = st.sampled_from(["", "", "", "- ", "- - ", "-", "-  "])
KEYS = st.sampled_from(
    [
        *(
            "a: ",
            "b: ",
            "c: ",
            "a:",
            "b:",
            "a:  ",
            '"a": ',
            "'b': ",
            "d e: ",
            "yes: ",
            "1: ",
            "é: ",
            "? a: ",
            "<<: ",
        ),
        "",
        "",
        "",
        "k=v: ",
    ]
)
ENDS = st.sampled_from(
    [
        *(
            "1",
            "x",
            "a b",
            "1.10",
            "0.5",
            '"q"',
            "'s'",
            '""',
            "[]",
            "{}",
            "[a, b]",
            "[1,2]",
            "[-1, x]",
            "{a: 1}",
        ),
        *(
            "|",
            ">-",
            "yes",
            "null",
            "~",
            "true",
            "2026-01-01",
            "12:30",
            "http://x",
            "x #c",
            "#c",
            "- y",
            "k: v",
        ),
        *("&a", "*a", "!t", "x:", "...", "---", "1.0e+05", "-1", "-", "it's", "a, b", "[", "}", '"x', "[?a]"),
        *("", "", "", "", "", " ", " # c", "#c"),
    ]
)
LINES = st.builds(
    "".join, st.tuples(INDENTS, DASHES, KEYS, ENDS, ENDS.filter(lambda end: not end.strip() or "#" in end))
)
DOCUMENTS = st.builds("{}{}".format, st.lists(LINES, max_size=7).map("\n".join), st.sampled_from(["\n", ""]))


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
@tries(500)
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    value, faults = yaml.parse(data)
    assert (value is None) == bool(faults)
    assert yaml.locate(data, ["a", 0]) >= (1, 1)


@given(DOCUMENTS)
@tries(800)
def test_the_quick_reader_reads_what_the_careful_one_reads(text: str) -> None:
    quickly = yaml_plain.read(text)
    root, faults = yaml_nodes.read(text)
    if quickly is not None:
        assert root is not None
        assert (repr(quickly), ()) == (repr(root.value), faults)


@given(st.text("0123456789.+-_:eExXobBafFinNyYtT~=<", min_size=1, max_size=9))
@tries(500)
def test_a_plain_scalar_that_is_not_refused_is_the_same_to_old_and_new_readers(text: str) -> None:
    value = yaml_scalars.resolve(text)
    if not isinstance(value, yaml_scalars.Refusal) and not text.endswith(":") and text[0] not in "-:":
        old = pyyaml.load(f"a: {text}", Loader=DatesAsText)["a"]  # noqa: S506  it makes only plain values
        assert repr(yaml12.parse_yaml(f"a: {text}")["a"]) == repr(old) == repr(value)  # type: ignore[index, call-overload]


@given(DOCUMENTS)
@tries(800)
def test_what_is_read_without_faults_other_readers_read_alike(text: str) -> None:
    value, faults = yaml.parse(text.encode())
    if not faults:
        old = pyyaml.load(text, Loader=DatesAsText)  # noqa: S506  it makes only plain values
        assert repr(yaml12.parse_yaml(text)) == repr(old) == repr(value)


@given(MAPPINGS)
@tries(300)
def test_what_is_written_is_read_as_the_same_value(value: dict[str, object]) -> None:
    text = yaml.dump(value)
    old = pyyaml.safe_load(text)
    readings = (yaml.parse(text.encode()).value, old, yaml12.parse_yaml(text))
    assert [repr(reading) for reading in readings] == [repr(value)] * 3
    assert text.endswith("\n")


@given(MAPPINGS)
@tries(100)
def test_what_was_written_is_written_again_in_the_same_bytes(value: dict[str, object]) -> None:
    text = yaml.dump(value)
    assert yaml.dump(yaml.parse(text.encode()).value) == text  # type: ignore[arg-type]


@given(DOCUMENTS, VALUES, st.data())
@tries(400)
def test_an_edit_changes_one_value_and_no_other_byte_before_it(
    text: str, value: object, data: st.DataObject
) -> None:
    root, faults = yaml_nodes.read(text)
    if root is None or faults or not root.children:
        return
    key = data.draw(st.sampled_from([*root.children, "new"]))
    try:
        changed = yaml.edit(text, [key], value)
    except RegistryError:
        return
    assert isinstance(root.value, dict)
    assert repr(yaml.parse(changed.encode()).value) == repr(root.value | {key: value})
    untouched = text[: root.keys[key].start] if key in root.keys else text[: root.end]
    assert changed.startswith(untouched.removesuffix("}").rstrip())
