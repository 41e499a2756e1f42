"""Writing YAML: what a value looks like, and what one change leaves as it is."""

from datetime import date

import pytest

from modelry.errors import RegistryError
from modelry.storage import yaml

VALUE = {
    "schema": "version/v1",
    "version": "1.10",
    "created": "2026-01-01T12:30:00Z",
    "summary": "Two lines,\nthe second of them.\n\nAnd a paragraph.\n",
    "note": "no line break\nat the end",
    "metrics": {"auc": 0.9, "rate": 1e-07, "rows": 12},
    "inputs": [{"name": "x", "shape": [-1, 3]}, {"name": "y", "shape": []}],
    "steps": ["a\nb\n", [1, [2]], None, True],
    "params": {},
}
TEXT = """\
schema: version/v1
version: "1.10"
created: "2026-01-01T12:30:00Z"
summary: |
  Two lines,
  the second of them.

  And a paragraph.
note: |-
  no line break
  at the end
metrics:
  auc: 0.9
  rate: 1.0e-07
  rows: 12
inputs:
  - name: x
    shape:
      - -1
      - 3
  - name: "y"
    shape: []
steps:
  - |
    a
    b
  - - 1
    - - 2
  - null
  - true
params: {}
"""

PLAIN = [
    "a",
    "a b",
    "1.2.3",
    "v1.10",
    "it's",
    'a "b"',
    "a, b",
    "s3://a/b",
    "a:b",
    "a#b",
    "é 😀",
    "x-1",
    "8080:tcp",
    "(a)",
    "~a",
]
QUOTED = [
    *(
        "1.10",
        "1",
        "-1",
        "1.5",
        "1e5",
        "1_0",
        "0x10",
        "010",
        "0o7",
        "0b1",
        ".5",
        "5.",
        "+5",
        "12:30",
        "12:30:00",
        "190:20:30",
    ),
    *(
        "y",
        "N",
        "yes",
        "No",
        "on",
        "OFF",
        "true",
        "False",
        "null",
        "NULL",
        "~",
        ".inf",
        "-.INF",
        ".nan",
        "<<",
        "=",
    ),
    *("2026-01-01", "2026-1-1", "2026-01-01T00:00:00Z", "2026-01-01 10:00:00", "12345678901234567890"),
    *(
        "",
        " ",
        " a",
        "a ",
        "a: b",
        "a:",
        ": a",
        "a #b",
        "#a",
        "- a",
        "-",
        "---",
        "...",
        "? a",
        "[a]",
        "{a}",
        "a\tb",
        "\xa0a",
    ),
    *(
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "'a'",
        '"a"',
        "%a",
        "@a",
        "`a`",
        ", a",
        "\n",
        " a\nb",
        "a \nb",
        "a\n\n",
        "\\a\n\t",
    ),
]

EDITS = {
    "a scalar keeps its comment and its place": ("a: 1  # one\nb: 2\n", ["a"], 3, "a: 3  # one\nb: 2\n"),
    "a scalar keeps the space before it": ("a:    1\n", ["a"], 2, "a:    2\n"),
    "text is quoted where it must be": ("a: x\n", ["a"], "1.10", 'a: "1.10"\n'),
    "what is quoted elsewhere stays quoted": (
        'a: \'x\'\nb: 1\n"c": "y"\n',
        ["b"],
        2,
        'a: \'x\'\nb: 2\n"c": "y"\n',
    ),
    "a missing value is written behind its key": ("a:\nb: 1\n", ["a"], 2, "a: 2\nb: 1\n"),
    "a value becomes null": ("a: 1\n", ["a"], None, "a: null\n"),
    "a scalar becomes a list": (
        "a: 1 # one\nb: 2\n",
        ["a"],
        [1, {"c": 2}],
        "a:\n  - 1\n  - c: 2 # one\nb: 2\n",
    ),
    "a list becomes a scalar": ("a:\n  - 1\n  - 2\n\n# end\n", ["a"], "x", "a: x\n\n# end\n"),
    "a scalar becomes a block of text": ("a: 1\nb: 2\n", ["a"], "c\nd\n", "a: |\n  c\n  d\nb: 2\n"),
    "a comment is not drawn into a block of text": ("a: 1 # one\n", ["a"], "c\nd\n", 'a: "c\\nd\\n" # one\n'),
    "a block of text becomes a scalar": ("a: |\n  c\n  d\n\n# e\nb: 1\n", ["a"], "z", "a: z\n\n# e\nb: 1\n"),
    "a block of text becomes another": ("a: |\n  c\nb: 1\n", ["a"], "d\ne\n", "a: |\n  d\n  e\nb: 1\n"),
    "a value inside": (
        "a:\n    b:\n        c: 1 # one\n",
        ["a", "b", "c"],
        2,
        "a:\n    b:\n        c: 2 # one\n",
    ),
    "an item": ("a:\n- 1 # one\n- 2\n", ["a", 0], 3, "a:\n- 3 # one\n- 2\n"),
    "an item becomes a mapping": ("a:\n- 1\n-\n", ["a", 1], {"b": 1, "c": 2}, "a:\n- 1\n- b: 1\n  c: 2\n"),
    "an item that was a mapping": (
        "a:\n  - b: 1\n    c: 2 # two\n  - 3\n",
        ["a", 0],
        5,
        "a:\n  - 5 # two\n  - 3\n",
    ),
    "an item of an item": ("a:\n  - - 1\n    - 2\n", ["a", 0, 1], [3], "a:\n  - - 1\n    - - 3\n"),
    "a value in an item": (
        "a:\n  - b: 1\n    c: 2\n",
        ["a", 0, "c"],
        {"d": 1},
        "a:\n  - b: 1\n    c:\n      d: 1\n",
    ),
    "an item that becomes a block of text": ("a:\n  - [1]\n", ["a", 0], "b\nc", "a:\n  - |-\n    b\n    c\n"),
    "a value in brackets": ("a: {b: 1, c: [2, 3]}\n", ["a", "c", 1], "x, y", 'a: {b: 1, c: [2, "x, y"]}\n'),
    "a mapping in brackets": ("a: {b: 1}\n", ["a", "b"], {"c": [1, "d"]}, "a: {b: {c: [1, d]}}\n"),
    "brackets that become a scalar": ("a: [1,\n  2]\nb: 1\n", ["a"], 3, "a: 3\nb: 1\n"),
    "a new key": ("a: 1 # one\n\n# end\n", ["b"], 2, "a: 1 # one\nb: 2\n\n# end\n"),
    "a new key that needs quotes": ("a: 1\n", ["1.10"], [], 'a: 1\n"1.10": []\n'),
    "a new key inside": (
        "a:\n    b: 1\nc: 2\n",
        ["a", "d"],
        {"e": 1},
        "a:\n    b: 1\n    d:\n      e: 1\nc: 2\n",
    ),
    "a new key in an item": (
        "a:\n  - b: 1\n  - c: 2\n",
        ["a", 0, "d"],
        3,
        "a:\n  - b: 1\n    d: 3\n  - c: 2\n",
    ),
    "a new key behind a block of text": ("a: |\n  b\n\n# c\n", ["d"], 1, "a: |\n  b\nd: 1\n\n# c\n"),
    "a new key in brackets": ("a: {b: 1}\n", ["a", "c"], [2], "a: {b: 1, c: [2]}\n"),
    "a new key in an empty mapping": ("a: {}\nb: 1\n", ["a", "c"], 2, "a:\n  c: 2\nb: 1\n"),
    "a new key in an empty document": ("{}\n", ["a"], 1, "{a: 1}\n"),
    "a line break is added at the end of the file": ("a: 1", ["b"], "c\nd", "a: 1\nb: |-\n  c\n  d\n"),
    "other scripts": ("ü: 'ö' # ä\nb: 😀\n", ["ü"], "ß", "ü: ß # ä\nb: 😀\n"),
    "a start marker": ("---\n# b\na: 1\n", ["a"], 2, "---\n# b\na: 2\n"),
}

NO_EDITS = {
    "a faulty text": ("a: 1.10\n", ["a"], 1, "the text is faulty at 1:4: `1.10` is read as the number 1.1"),
    "a text that is not permitted": (
        "a: \u202e\n",
        ["a"],
        1,
        "the text is faulty at 1:4: U+202E RIGHT-TO-LEFT OVERRIDE is a character that reverses text",
    ),
    "half a character": ("a: \ud800\n", ["a"], 1, "the text is faulty at 1:4: byte 0xed is not UTF-8"),
    "a path of no keys": ("a: 1\n", [], 1, "a change needs the key that it changes"),
    "a path that leads nowhere": ("a: 1\n", ["b", "c"], 1, "`b.c` leads nowhere: there is no `b`"),
    "a path into a scalar": ("a: 1\n", ["a", "c"], 1, "`a.c` leads nowhere: there is no `c`"),
    "an item that is not there": ("a: [1]\n", ["a", 1], 1, "`a.1` leads nowhere: there is no `1`"),
    "a number as key": ("a: 1\n", [1], 1, "`1` leads nowhere: there is no `1`"),
    "a key in brackets without a colon": ("{a}\n", ["a"], 1, "`a` cannot be changed without changing more"),
    "a value that cannot be written": (
        "a: 1\n",
        ["a"],
        float("nan"),
        "the number nan cannot be written as YAML",
    ),
}

UNWRITABLE = {
    "infinity": ({"a": float("inf")}, "the number inf cannot be written as YAML"),
    "no number": ({"a": float("nan")}, "the number nan cannot be written as YAML"),
    "a date": ({"a": date(2026, 1, 1)}, "a date cannot be written as YAML"),
    "a number as key": ({1: 2}, "the key 1 is not text"),
    "a long integer": (
        {"a": 10**18},
        "cannot be written as YAML: `1000000000000000000` has more than 18 digits, which not all readers can hold",
    ),
    "a hidden character": (
        {"a": "\u200b"},
        "cannot be written as YAML: U+200B ZERO WIDTH SPACE is an invisible character",
    ),
    "half a character": ({"a": "\ud800"}, "cannot be written as YAML: byte 0xed is not UTF-8"),
    "a carriage return": ({"a": "b\r\n"}, "cannot be written as YAML: U+000D is a carriage return"),
    "a long text": (
        {"a": "b" * 65_537},
        "cannot be written as YAML: the scalar has more than 65,536 characters",
    ),
    "a long key": (
        {"a" * 1100: 1},
        "cannot be written as YAML: the document is a single value, not a mapping",
    ),
}


def test_a_value_is_written_in_block_style() -> None:
    assert yaml.dump(VALUE) == TEXT


def test_an_empty_mapping_is_written_as_one() -> None:
    assert yaml.dump({}) == "{}\n"


@pytest.mark.parametrize("text", PLAIN)
def test_text_that_all_readers_read_as_text_is_written_plainly(text: str) -> None:
    assert yaml.dump({"key": text, text: [text]}) == f"key: {text}\n{text}:\n  - {text}\n"


@pytest.mark.parametrize("text", QUOTED)
def test_text_that_some_reader_would_misread_is_written_in_quotes(text: str) -> None:
    written = yaml.dump({"a": text})
    assert (written[:4], written[-2:], written.count("\n")) == ('a: "', '"\n', 1)
    assert yaml.parse(written.encode()).value == {"a": text}


@pytest.mark.parametrize(("value", "message"), UNWRITABLE.values(), ids=UNWRITABLE)
def test_what_would_not_be_read_back_is_not_written(value: dict[str, object], message: str) -> None:
    with pytest.raises(RegistryError) as caught:
        yaml.dump(value)
    assert str(caught.value) == message


@pytest.mark.parametrize(("text", "keys", "value", "changed"), EDITS.values(), ids=EDITS)
def test_an_edit_leaves_everything_else_as_it_is(
    text: str, keys: list[str | int], value: object, changed: str
) -> None:
    assert yaml.edit(text, keys, value) == changed


@pytest.mark.parametrize(("text", "keys", "value", "message"), NO_EDITS.values(), ids=NO_EDITS)
def test_an_edit_that_cannot_be_made_alone_is_refused(
    text: str, keys: list[str | int], value: object, message: str
) -> None:
    with pytest.raises(RegistryError) as caught:
        yaml.edit(text, keys, value)
    assert str(caught.value) == message


def test_a_field_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(RegistryError, match=r"^`b` leads nowhere: there is no `b`$"):
        yaml.remove("a: 1\n", "b")
