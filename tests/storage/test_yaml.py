"""Reading YAML: what is refused and where, what is read and as what, and where it stands."""

import runpy
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest

from modelry.model.places import Fault, Position
from modelry.storage import yaml, yaml_characters, yaml_nodes, yaml_plain, yaml_scalars

CORPUS: dict[str, dict[str, tuple[bytes, tuple[str, ...]]]] = runpy.run_path(
    str(Path(__file__).parent / "yaml_cases" / "cases.py")
)["CASES"]
REFUSED = [
    pytest.param(data, faults, id=f"{group}: {name}")
    for group, cases in CORPUS.items()
    for name, (data, faults) in cases.items()
]

RECORD = """\
# Trained by the nightly job.
schema: version/v1
model: churn
version: 1.2.0
created: 2026-01-01T12:30:00Z
summary: Gradient boosting on the Q4 data, with "tenure" and plan.
artifact:
  path: churn.onnx
  size: 1234567
  sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
evaluations:
  - dataset:
      name: holdout-2025
      version: "1.10"
    metrics:
      auc: 0.9134567890123456  # on the holdout
      p99_ms: 12.5
signature:
  inputs:
    - name: tenure
      shape: [-1, 1]
tags: [tabular, churn]
"""
RECORD_VALUE = {
    "schema": "version/v1",
    "model": "churn",
    "version": "1.2.0",
    "created": "2026-01-01T12:30:00Z",
    "summary": 'Gradient boosting on the Q4 data, with "tenure" and plan.',
    "artifact": {
        "path": "churn.onnx",
        "size": 1234567,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
    "evaluations": [
        {
            "dataset": {"name": "holdout-2025", "version": "1.10"},
            "metrics": {"auc": 0.9134567890123456, "p99_ms": 12.5},
        }
    ],
    "signature": {"inputs": [{"name": "tenure", "shape": [-1, 1]}]},
    "tags": ["tabular", "churn"],
}
POINTER = """\
outs:
- md5: 5d41402abc4b2a76b9719d911017c592
  size: 1234567
  hash: md5
  path: churn.onnx
"""

READ = {
    "a record": (RECORD, RECORD_VALUE),
    "a pointer": (
        POINTER,
        {
            "outs": [
                {
                    "md5": "5d41402abc4b2a76b9719d911017c592",
                    "size": 1234567,
                    "hash": "md5",
                    "path": "churn.onnx",
                }
            ]
        },
    ),
    "words": (
        "a: null\nb: true\nc: false\nd:\ne: none\nf: nan\n",
        {"a": None, "b": True, "c": False, "d": None, "e": "none", "f": "nan"},
    ),
    "integers": ("a: 0\nb: -1\nc: 999999999999999999\n", {"a": 0, "b": -1, "c": 999999999999999999}),
    "floats": (
        "a: 2.0\nb: 10.0\nc: 0.5\nd: -0.25\ne: 1.0e-07\nf: 1.5e+16\ng: -0.0\n",
        {"a": 2.0, "b": 10.0, "c": 0.5, "d": -0.25, "e": 1e-07, "f": 1.5e16, "g": -0.0},
    ),
    "dates and times": (
        "a: 2026-01-01\nb: 2026-01-01T00:00:00Z\nc: 2026-01-01 10:00:00 +02:00\nd: 2026-13-45\n",
        {
            "a": "2026-01-01",
            "b": "2026-01-01T00:00:00Z",
            "c": "2026-01-01 10:00:00 +02:00",
            "d": "2026-13-45",
        },
    ),
    "text like numbers": (
        "a: 1.2.3\nb: v1.10\nc: 1.1.10\nd: 12%\ne: 1,000\nf: 0xyz\ng: 8080:tcp\nh: _1\n",
        {
            "a": "1.2.3",
            "b": "v1.10",
            "c": "1.1.10",
            "d": "12%",
            "e": "1,000",
            "f": "0xyz",
            "g": "8080:tcp",
            "h": "_1",
        },
    ),
    "addresses": ("a: s3://b/c?d=e#f\nb: http://x:80/\n", {"a": "s3://b/c?d=e#f", "b": "http://x:80/"}),
    "double quotes": (
        'a: "1.10"\nb: ""\nc: "\\t\\"\\\\\\n\\u00e9"\n"d e": yes!\n',
        {"a": "1.10", "b": "", "c": '\t"\\\né', "d e": "yes!"},
    ),
    "single quotes": ("a: 'it''s'\n'<<': '~'\n", {"a": "it's", "<<": "~"}),
    "literal blocks": (
        "a: |\n  b\n   c\n\n  d\ne: |-\n  f\ng: |+\n  h\n\n",
        {"a": "b\n c\n\nd\n", "e": "f", "g": "h\n\n"},
    ),
    "folded blocks": ("a: >\n  b\n  c\n\n  d\n", {"a": "b c\nd\n"}),
    "text over lines": ('a: b\n  c\n\n  d\ne: "f\n  g"\n', {"a": "b c\nd", "e": "f g"}),
    "brackets": ("a: [b, {c: 1, d: [2]}, []]\ne: {}\n", {"a": ["b", {"c": 1, "d": [2]}, []], "e": {}}),
    "brackets over lines": ("a: [\n  b,  # c\n  d,\n ]\n", {"a": ["b", "d"]}),
    "json": ('{"a": [1, true, null, "b"], "c": {"d": 0.5}}', {"a": [1, True, None, "b"], "c": {"d": 0.5}}),
    "an empty mapping": ("{}\n", {}),
    "lists in lists": ("a:\n  - - 1\n    - 2\n  - - - 3\n", {"a": [[1, 2], [[3]]]}),
    "lists under their key": (
        "a:\n- b\n- c: 1\n  d:\n  - e\nf: 2\n",
        {"a": ["b", {"c": 1, "d": ["e"]}], "f": 2},
    ),
    "items without value": ("a:\n  -\n  - b\n", {"a": [None, "b"]}),
    "comments": ("# a\na: 1 # b\n\n  # c\nb: # d\n  c: 2\n# e\n", {"a": 1, "b": {"c": 2}}),
    "a start marker": ("---\na: 1\n", {"a": 1}),
    "a start marker below a comment": ("# b\n---\na: 1\n", {"a": 1}),
    "no line break at the end": ("a: 1\nb: c", {"a": 1, "b": "c"}),
    "other scripts": ("模型: 流失\nä: ß 😀\n", {"模型": "流失", "ä": "ß 😀"}),
    "signs in text": (
        "a: b & c * d ! e ? f | g > h % i @ j ` k - l\n",
        {"a": "b & c * d ! e ? f | g > h % i @ j ` k - l"},
    ),
    "question marks": (
        "a: what?\nb?: ?c\n? : 1\n".replace("? :", "?d:"),
        {"a": "what?", "b?": "?c", "?d": 1},
    ),
    "lists 32 deep": ("a: " + "[" * 31 + "]" * 31, {"a": eval("[" * 31 + "]" * 31)}),  # noqa: S307
    "as many nodes as may be": ("a: [" + "1," * 19_997 + "]", {"a": [1] * 19_997}),
    "as long a scalar as may be": ("a: " + "x" * 65_536, {"a": "x" * 65_536}),
    "as large a file as may be": ("a: 1\n" + "#" * (262_144 - 5), {"a": 1}),
}

HOSTILE = [
    unit * (yaml_characters.SIZE // len(unit))
    for unit in (
        *(
            "[",
            "{a: ",
            "- ",
            "-\n",
            "? ",
            "?\n",
            " - ? ",
            "a: ",
            "a:\n",
            "a: 1.10\n",
            "- a\n",
            "[[[[],",
            "[a,",
            '"',
            "'",
        ),
        *(
            "&a ",
            "*a ",
            "!a ",
            "!!str ",
            "#",
            "\n",
            "a: |\n x\n",
            "a: >\n\n",
            'a: "\\u202e"\n',
            "---\n",
            "%",
            ":",
            "1_",
            "1:",
            ".",
        ),
        *("{? b : c, ", "x ", "é", "\u202e", "e\u0301", "\t", "\r\n", "a ?\n"),
    )
] + [
    f"a: {scalar}\n"
    for scalar in (
        *("1" * 60_000, "1" * 30_000 + "." + "1" * 30_000, "1e" + "9" * 60_000, "1:" * 30_000 + "x"),
        *("1_" * 30_000 + "x", "1" * 30_000 + "." + "0" * 30_000, "_" * 60_000, "0x" + "f" * 60_000),
        *('"' + "\n" * 200_000 + '"', '"' + "x\n" * 100_000 + '"', "[" * 30 + "x,\n" * 80_000),
    )
]


def told(fault: Fault) -> str:
    return f"{fault.position.line}:{fault.position.column} {fault.message}; {fault.hint}"


@pytest.mark.parametrize(("data", "faults"), REFUSED)
def test_a_file_that_may_be_misread_draws_the_faults_written_beside_it(
    data: bytes, faults: tuple[str, ...]
) -> None:
    parsed = yaml.parse(data)
    assert (parsed.value, tuple(map(told, parsed.faults))) == (None, faults)


@pytest.mark.parametrize(("text", "value"), READ.values(), ids=READ)
def test_what_all_readers_agree_on_is_read(text: str, value: object) -> None:
    parsed = yaml.parse(text.encode())
    assert (repr(parsed.value), parsed.faults) == (repr(value), ())


def test_the_corpus_shows_every_spelling_and_every_kind_of_character() -> None:
    messages = "\n".join(
        fault for cases in CORPUS.values() for _, faults in cases.values() for fault in faults
    )
    spelt = [data[3:-1].decode() for data, _ in CORPUS["meanings: spellings without one meaning"].values()]
    shown = {
        spelling.name
        for text in spelt
        for spelling in yaml_scalars.SPELLINGS
        if isinstance(yaml_scalars.resolve(text), yaml_scalars.Refusal)
        and yaml_scalars.spells(spelling, text)
    }
    # A merge key and a lone sign are shown among the syntax.
    assert shown | {"a merge key", "a lone sign"} == {spelling.name for spelling in yaml_scalars.SPELLINGS}
    # What is half a character cannot be in UTF-8: the decoder refuses it first.
    assert [kind.name for kind in yaml_characters.KINDS if f" is {kind.name};" not in messages] == [
        "half a character"
    ]


def test_records_and_pointers_are_read_the_quick_way() -> None:
    assert [yaml_plain.read(text) for text in (RECORD, POINTER)] == [
        READ["a record"][1],
        READ["a pointer"][1],
    ]


def test_no_more_than_fifty_faults_are_told() -> None:
    faults = yaml.parse(b"".join(b"a%02d: 1.10\n" % number for number in range(60)) + b"]").faults
    assert [fault.position for fault in faults] == [
        Position(line, 6) for line in range(1, yaml_nodes.FAULTS + 1)
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_judged_within_two_seconds(text: str) -> None:
    begin = process_time()
    yaml.parse(text.encode())
    yaml.locate(text.encode(), ["a", 0])
    assert process_time() - begin < 2


def test_hostile_text_needs_less_than_300_megabytes() -> None:
    # Its own peak: what the system tells of children begins with the memory of the process that started them.
    code = (
        "import runpy; from modelry.storage import yaml\n"
        f"for text in runpy.run_path({__file__!r})['HOSTILE']: yaml.parse(text.encode())\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 300 * 1024


def test_reading_a_record_does_not_import_pyyaml() -> None:
    code = (
        "import sys; from modelry.storage import yaml\n"
        f"assert not yaml.parse({RECORD.encode()!r}).faults\n"
        "assert not {'yaml', 'ruamel'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("keys", "of_key", "position"),
    [
        ([], False, (2, 1)),
        (["model"], False, (3, 8)),
        (["model"], True, (3, 1)),
        (["artifact"], False, (8, 3)),
        (["artifact"], True, (7, 1)),
        (["artifact", "size"], False, (9, 9)),
        (["artifact", "size"], True, (9, 3)),
        (["artifact", "nothing"], False, (8, 3)),
        (["artifact", "nothing"], True, (8, 3)),
        (["artifact", "size", "nothing"], True, (9, 9)),
        (["nothing", "size"], False, (2, 1)),
        (["evaluations", 0], False, (12, 5)),
        (["evaluations", 0, "dataset", "version"], False, (14, 16)),
        (["evaluations", 0, "dataset", "version"], True, (14, 7)),
        (["evaluations", 1], False, (12, 3)),
        (["signature", "inputs", 0, "shape", 1], False, (21, 19)),
        (["tags", 1], True, (22, 17)),
    ],
)
def test_a_value_is_located_at_its_first_character(
    keys: list[str | int], of_key: bool, position: tuple[int, int]
) -> None:
    assert yaml.locate(RECORD.encode(), keys, of_key=of_key) == position


@pytest.mark.parametrize("data", [b"\xff", b"a: [", b"", b"- a"])
def test_in_a_file_that_cannot_be_read_all_is_located_at_its_beginning(data: bytes) -> None:
    assert yaml.locate(data, ["a", "b"]) == Position(1, 1)


def test_a_place_behind_other_letters_counts_characters() -> None:
    assert yaml.locate("ü: {😀: 1, b: 2}\n".encode(), ["ü", "b"]) == Position(1, 14)


def test_a_missing_value_is_located_behind_its_key() -> None:
    assert yaml.locate(b"a:\n  b:\nc: 1\n", ["a", "b"]) == Position(2, 5)
