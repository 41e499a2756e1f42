"""A review for a pull request: GitHub's and GitLab's Markdown, in which nothing of the registry's text is markup."""

from modelry.reports.findings import cell, code
from modelry.reports.review import story
from modelry.reports.review.blocks import (
    Block,
    Code,
    Fold,
    Heading,
    Items,
    Line,
    Link,
    Part,
    Span,
    Strong,
    Table,
)
from modelry.reports.review.facts import Review, Tone
from modelry.reports.review.words import counted

LIMIT = 60_000
"""GitHub refuses a comment of 65,536 characters; what is longer is cut between parts."""
MARKS: dict[Tone, str] = {"bad": "🔴 ", "look": "🟡 ", "good": "🟢 ", "plain": ""}


def markdown(review: Review) -> str:
    """Give the report: details folded, and short enough for a comment, saying what was left out."""
    kept: list[str] = []
    room, left = LIMIT, 0
    for part in story.of(review):
        text = _part(part)
        if len(text) >= room:
            left += 1
            continue
        kept.append(text)
        room -= len(text) + 1
    if left:
        told = counted(left, "part")
        kept.append(
            f"_{told} of this report did not fit here: run `modelry review` in a clone to read all._\n"
        )
    return "\n".join(kept)


def _part(part: Part) -> str:
    return "\n".join(_block(block) for block in part)


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * (block.level + 1)} {cell(block.text)}\n"
        case Line():
            return f"{_spans(block.spans)}\n"
        case Items():
            return "".join(f"- {MARKS[item.tone]}{_spans(item.spans)}\n" for item in block.items)
        case Table():
            return _table(block)
        case Fold():
            inner = "\n".join(_block(one) for one in block.blocks)
            return f"<details{' open' if block.is_open else ''}><summary>{cell(block.summary)}</summary>\n\n{inner}\n</details>\n"


def _table(table: Table) -> str:
    rule = ("---:" if column in table.numbers else "---" for column in range(len(table.head)))
    lines = [f"| {' | '.join(cell(head) for head in table.head)} |", f"|{'|'.join(rule)}|"]
    lines += [f"| {' | '.join(_span(one) for one in row.cells)} |" for row in table.rows]
    return "\n".join(lines) + "\n"


def _spans(spans: tuple[Span, ...]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    match span:
        case Code():
            return code(span.text)
        case Strong():
            return f"**{cell(span.text)}**" if span.text else ""
        case Link():
            return f"[{cell(span.text)}]({span.url})"
        case str():
            return cell(span)
