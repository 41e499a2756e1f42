"""Whatever a server answers, reading ends with bytes, with nothing there, or with an error in our own words."""

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modelry.errors import RegistryError
from modelry.storage import sftp
from modelry.storage.sftp import Channel, LostError, Reply

VERSION = struct.pack(">IBI", 5, 2, 3)


def text(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def status(code: int, said: bytes = b"") -> bytes:
    return b"\x65" + struct.pack(">II", 1, code) + text(said) + text(b"en")


@contextmanager
def channel(answers: bytes) -> Iterator[Channel]:
    """A channel to a server that has said this already, and then ends."""
    ours, theirs = os.pipe()
    os.write(theirs, answers)
    os.close(theirs)
    with Path(os.devnull).open("wb") as nobody:
        yield Channel(os.fdopen(ours, "rb"), nobody)


ASKED: list[Callable[[Reply], object]] = [Reply.data, Reply.handle, Reply.attributes]


@given(some.binary(min_size=1, max_size=100), some.sampled_from(ASKED))
def test_no_answer_is_more_than_a_value_or_an_error(answer: bytes, asked: Callable[[Reply], object]) -> None:
    reply = Reply("ssh://models/x")
    reply.give(answer)
    try:
        found = asked(reply)
    except RegistryError as error:
        found = str(error)
    assert isinstance(found, bytes | sftp.Attributes) or (
        isinstance(found, str) and found.startswith("ssh://models/x: ") and found.isprintable()
    )


@given(some.binary(max_size=200))
def test_what_is_no_sftp_is_a_lost_connection(answers: bytes) -> None:
    with channel(VERSION + answers) as asked, pytest.raises((LostError, RegistryError)):
        asked.look("/x", "x").attributes()


@pytest.mark.parametrize("answers", [b"", b"Welcome to models!\n", VERSION[:7], b"\xff\xff\xff\xff"])
def test_who_does_not_say_the_version_is_no_server(answers: bytes) -> None:
    with pytest.raises(LostError, match="the connection ended"), channel(answers):
        pass


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (status(2), "x: there is no such file"),
        (status(3), "x: the server forbids it"),
        (status(4, b"Failure\x1b[2J\nmore"), "x: the server says: Failure [2J more"),
        (b"\x68" + bytes(4), "x: the server says: answer 104"),
    ],
)
def test_what_a_server_says_is_told_on_one_line(answer: bytes, message: str) -> None:
    reply = Reply("x")
    reply.give(answer)
    with pytest.raises(RegistryError) as error:
        reply.handle()
    assert str(error.value) == message


def test_answers_may_come_in_any_order() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, VERSION)
    with Path(os.devnull).open("wb") as nobody, os.fdopen(theirs, "wb") as server:
        asked = Channel(os.fdopen(ours, "rb"), nobody)
        replies = [asked.read(b"h", 0, 1, "x"), asked.read(b"h", 1, 1, "x")]
        for number in (2, 1):
            server.write(text(b"\x67" + struct.pack(">I", number) + text(b"%d" % number)))
        server.flush()
        assert [reply.data() for reply in replies] == [b"1", b"2"]


def test_at_the_end_of_a_file_there_are_no_bytes() -> None:
    reply = Reply("x")
    reply.give(status(1))
    assert reply.data() == b""


def test_an_answer_to_nobody_is_left_alone() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, VERSION)
    with Path(os.devnull).open("wb") as nobody, os.fdopen(theirs, "wb") as server:
        asked = Channel(os.fdopen(ours, "rb"), nobody)
        reply = asked.read(b"h", 0, 1, "x")
        for number in (77, 1):
            server.write(text(b"\x67" + struct.pack(">I", number) + text(b"%d" % number)))
        server.flush()
        assert reply.data() == b"1"


def test_who_can_be_told_nothing_any_more_is_lost() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, VERSION)
    nobody = Path(os.devnull).open("wb")  # noqa: SIM115 - it is closed on purpose
    with os.fdopen(theirs, "wb"):
        asked = Channel(os.fdopen(ours, "rb"), nobody)
        nobody.close()
        with pytest.raises(LostError, match="the connection ended"):
            asked.look("/x", "x")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (struct.pack(">I", 0), (None, None)),
        (struct.pack(">IQ", 1, 7), (7, None)),
        (struct.pack(">IIII", 6, 1, 2, 0o100644), (None, 0o100644)),
        (struct.pack(">IQIII", 7, 7, 1, 2, 0o100644), (7, 0o100644)),
    ],
)
def test_of_a_file_is_known_what_the_server_says(
    answer: bytes, expected: tuple[int | None, int | None]
) -> None:
    reply = Reply("x")
    reply.give(b"\x69" + struct.pack(">I", 1) + answer)
    assert reply.attributes() == expected
