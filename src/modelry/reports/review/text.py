"""A review for a terminal of 100 columns."""

from textwrap import wrap

from modelry.reports.findings import plain
from modelry.reports.review import story
from modelry.reports.review.blocks import Block, Code, Fold, Heading, Items, Line, Link, Span, Strong, Table
from modelry.reports.review.facts import Review, Tone

WIDTH = 100
MARKS: dict[Tone, str] = {"bad": "!! ", "look": " ! ", "good": " + ", "plain": "   "}
_LEAST = 12
"""No column becomes narrower than this to make room."""


def text(review: Review) -> str:
    """Give the report, every line short enough for a terminal; signs and words say what colours would."""
    return "\n".join("\n".join(_block(block) for block in part) for part in story.of(review))


def _block(block: Block) -> str:
    match block:
        case Heading():
            told = plain(block.text)
            return (
                "\n".join(
                    [
                        *wrap(told, WIDTH),
                        "=" * min(len(told), WIDTH) if block.level == 1 else "-" * min(len(told), WIDTH),
                    ]
                )
                + "\n"
            )
        case Line():
            return _wrapped(_spans(block.spans))
        case Items():
            return "".join(_wrapped(_spans(item.spans), MARKS[item.tone], "   ") for item in block.items)
        case Table():
            return _table(block)
        case Fold():
            return f"{_wrapped(plain(block.summary))}\n" + "\n".join(_block(one) for one in block.blocks)


def _wrapped(told: str, first: str = "", then: str = "") -> str:
    lines = wrap(
        told,
        WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines) + "\n"


def _spans(spans: tuple[Span, ...]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    match span:
        case Link():
            return span.url
        case Code() | Strong():
            return plain(span.text)
        case str():
            return plain(span)


def _table(table: Table) -> str:
    """Give rows as columns; a cell that is too long goes on in the next line."""
    rows = [list(table.head), *([_span(one) for one in row.cells] for row in table.rows)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.head))]
    room = WIDTH - len(MARKS["plain"]) - 2 * len(widths)
    while sum(widths) > room and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    marks = [MARKS["plain"], *(MARKS[row.tone] for row in table.rows)]
    return "".join(_row(mark, row, widths, table.numbers) for mark, row in zip(marks, rows, strict=True))


def _row(mark: str, cells: list[str], widths: list[int], numbers: frozenset[int]) -> str:
    columns = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for at in range(max(1, *map(len, columns))):
        parts = [column[at] if at < len(column) else "" for column in columns]
        told = "  ".join(
            part.rjust(width) if place in numbers else part.ljust(width)
            for place, (part, width) in enumerate(zip(parts, widths, strict=True))
        )
        lines.append(f"{mark if at == 0 else MARKS['plain']}{told}".rstrip() + "\n")
    return "".join(lines)
