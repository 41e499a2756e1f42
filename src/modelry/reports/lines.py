"""Other people's words on a terminal: one line each, of characters that can be seen."""

import textwrap

WIDTH = 100
"""As many columns as a report takes, on whichever terminal."""


def shown(text: str) -> str:
    """Give text as one line, in which what is no letter or sign is replaced, so that nothing steers the terminal."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in " ".join(text.split())
    )


def wrapped(text: str, indent: int) -> str:
    """Give text as indented lines that fit."""
    blanks = " " * indent
    line = f"{blanks}{shown(text)}"
    if len(line) <= WIDTH:  # most are, and a long history has tens of thousands of them
        return f"{line.rstrip(' ')}\n"
    return textwrap.fill(line[indent:], WIDTH, initial_indent=blanks, subsequent_indent=blanks) + "\n"


def cut(text: str, width: int) -> str:
    """Give as much of a text as fits."""
    line = shown(text)
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"
