"""Hostile files, made to cost time or memory; run as a program, it says what each one costs its parser.

Each is fed in a process of its own, forked from one that has imported everything.
"""

import json
import os
import resource
import sys
from collections.abc import Mapping

import builders
from fuzz import targets

KIBIBYTE, MEBIBYTE = 1 << 10, 1 << 20


def files() -> Mapping[str, tuple[str, bytes]]:
    """Give the files by what they are, each with its parser."""
    pointer = builders.a_version()["registry/models/churn/versions/1.0.0/model.onnx.dvc"]
    version = builders.text("version", builders.a_document("version"))
    keys = b"".join(b"k%d: 1\n" % number for number in range(50_000))
    yaml = {
        "nested lists": b"a: " + b"[" * 200_000,
        "nested lists, closed": b"a: " + b"[" * 100_000 + b"]" * 100_000,
        "nested mappings": b"{a: " * 100_000,
        "nested blocks": b"".join(b" " * depth + b"a:\n" for depth in range(1_000)),
        "nested items": b"- " * 200_000 + b"a",
        "a long text": b"a: " + b"x" * 10 * MEBIBYTE,
        "a long quoted text": b'a: "' + b"\\u0041" * MEBIBYTE + b'"',
        "a long folded text": b"a: >\n" + b"  x\n" * MEBIBYTE,
        "a long key": b"x" * MEBIBYTE + b": 1",
        "a long number": b"a: " + b"9" * MEBIBYTE,
        "a long fraction": b"a: 0." + b"9" * MEBIBYTE,
        "a long exponent": b"a: 1e" + b"9" * 1_000,
        "many keys": keys,
        "many anchors": b"".join(b"k%d: &a%d 1\n" % (number, number) for number in range(50_000)),
        "aliases of aliases": b"a0: &a0 [x]\n"
        + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 30)),
        "merges of merges": b"a0: &a0 {x: 1}\n"
        + b"".join(b"a%d: &a%d {<<: [*a%d, *a%d]}\n" % (n, n, n - 1, n - 1) for n in range(1, 30)),
        "many documents": b"---\na: 1\n" * 100_000,
        "many comments": b"# x\n" * 500_000,
        "many blank lines": b"\n" * 5 * MEBIBYTE,
        "many blanks": b" " * 5 * MEBIBYTE,
        "many tabs": b"\t" * 5 * MEBIBYTE,
        "many quotes": b'"' * MEBIBYTE,
        "many tags": b"!!str " * 200_000,
        "many colons": b"a: " + b":" * MEBIBYTE,
        "many question marks": b"? " * 200_000,
        "many signs of no width": b"a: " + "\u200b".encode() * 200_000,
        "many marks on one letter": b"a: e" + "\u0301".encode() * 200_000,
        "many bytes that are no UTF-8": b"\xff" * MEBIBYTE,
        "many zeros": b"\x00" * MEBIBYTE,
        "many faults": b"".join(b"k%d: yes\n" % number for number in range(20_000)),
    }
    card = {
        "quotes in quotes": b"> " * 32 * KIBIBYTE,
        "lists in lists": b"- " * 32 * KIBIBYTE,
        "open brackets": b"[" * 64 * KIBIBYTE,
        "open pictures": b"![" * 32 * KIBIBYTE,
        "open links": b"[a](" * 16 * KIBIBYTE,
        "open stars": b"*a **b " * 9 * KIBIBYTE,
        "open underscores": b"_a __b " * 9 * KIBIBYTE,
        "backticks": b"".join(b"`" * n + b" " for n in range(350)),
        "open comments": b"<!-- " * 13 * KIBIBYTE,
        "open tags": b"<a " * 21 * KIBIBYTE,
        "open processing instructions": b"<?" * 32 * KIBIBYTE,
        "a wide table": b"|a" * 10_000 + b"|\n" + b"|-" * 10_000 + b"|\n" + b"|b|\n" * 100,
        "a long table": b"|a|\n|-|\n" + b"|b|\n" * 15_000,
        "many definitions": b"".join(b"[a%d]: https://example.org\n" % n for n in range(2_000))
        + b"[a1]" * 5_000,
        "many headings of one name": b"# a\n" * 16 * KIBIBYTE,
        "many entities": b"&#x41;" * 10 * KIBIBYTE,
        "one long line": b"x" * MEBIBYTE,
    }
    documents = {
        "a licence of many parts": version.replace(b"Apache-2.0", b"(MIT OR MIT) AND " * 4_000 + b"!"),
        "a licence of spaces": version.replace(b"Apache-2.0", b"A" + b" " * 60_000 + b"!"),
        "an author of signs": version.replace(b"@alice", b"a@a/a " * 10_000 + b"|"),
        "a version of parts": version.replace(b"1.2.0", b"1.2.0-" + b"a-" * 30_000 + b"!"),
        "many unknown fields": version + keys[: 200 * KIBIBYTE],
        "many authors": version.replace(b"authors:", b"authors:" + b"\n  - yes" * 18_000),
    }
    asked = {
        "a long model": b"a" * MEBIBYTE,
        "a long version": b"churn@1.2.0-" + b"a." * MEBIBYTE,
        "many hyphens": b"churn@" + b"-" * MEBIBYTE,
        "many signs": b"@#" * MEBIBYTE,
    }
    answers = {
        "a deep answer": b"[" * MEBIBYTE,
        "a deep mapping": b'{"a":' * MEBIBYTE,
        "a large answer": b'{"a": "' + b"x" * 9 * MEBIBYTE + b'"}',
        "a long number": b'{"a": ' + b"9" * MEBIBYTE + b"}",
        "many keys": b"{" + b",".join(b'"k%d": {}' % n for n in range(200_000)) + b"}",
        "an answer that is no UTF-8": b"\xff" * MEBIBYTE,
    }
    return {
        **{f"yaml: {name}": ("yaml", data) for name, data in yaml.items()},
        **{f"card: {name}": ("card", data) for name, data in card.items()},
        **{f"version: {name}": ("version", data) for name, data in documents.items()},
        "pointer: many outs": ("pointer", pointer + pointer.removeprefix(b"outs:\n") * 2_000),
        **{f"reference: {name}": ("reference", data) for name, data in asked.items()},
        "place: a deep path": ("place", b"registry/models/churn/training/" + b"a/" * MEBIBYTE),
        "place: a long name": ("place", b"registry/models/" + b"a-" * MEBIBYTE + b"/model.yaml"),
        **{f"site: {name}": ("site", data) for name, data in answers.items()},
    }


def cost(target: str, data: bytes) -> tuple[int, float, float]:
    """Give the exit code, the seconds of CPU and the MiB of memory that a file costs."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
            targets.feed(target, data)
            code = 0
        finally:
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / KIBIBYTE


if __name__ == "__main__":
    for warm in targets.TARGETS:
        targets.feed(warm, b"warm: up\n")
    json.dump({name: cost(*file) for name, file in files().items()}, sys.stdout)
