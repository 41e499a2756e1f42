"""In which order a review is told: the verdict, what a hurried reviewer must know, who must act, then the details."""

from collections.abc import Iterator, Sequence

from modelry.reports.checked import Found
from modelry.reports.review import tables
from modelry.reports.review.blocks import (
    Block,
    Code,
    Fold,
    Heading,
    Item,
    Items,
    Line,
    Part,
    Row,
    Strong,
    Table,
)
from modelry.reports.review.facts import (
    Review,
    Section,
    Statement,
)
from modelry.reports.review.words import counted, listed, sentence

ICONS = {"passes": "✅", "needs a person": "🙋", "fails": "❌"}
_AGAINST = 2
"""As many reasons against one section as stand in the table of a batch."""
_MOST = 50
"""As many changes, findings or acts as are told one by one; a longer report is read nowhere."""
_TOLD = 8
"""As many statements of one section as stand above everything else."""


def of(review: Review) -> tuple[Part, ...]:
    """Give the report in parts, the most telling first."""
    alone = len(review.sections) == 1
    parts: list[Part] = [tuple(_top(review))]
    if review.findings or review.skipped:
        parts.append(tuple(_findings(review)))
    for section in review.sections:
        parts += _section(section, is_alone=alone)
    return tuple(part for part in parts if part)


def _top(review: Review) -> Iterator[Block]:
    yield Heading(1, headline(review))
    yield from _told(review.statements)
    if len(review.sections) == 1:
        (section,) = review.sections
        yield Line((Strong(section.title), f": {sentence(section.brief)}"))
        yield from _told(section.statements[:_TOLD])
        yield from _reason(section)
    else:
        yield from _batch(review.sections)
    yield from _acts(review)
    for section in review.sections if len(review.sections) == 1 else ():
        yield from _closing(section)


def headline(review: Review) -> str:
    """Give the verdict in one line: with who must act, how much is wrong, or how much speaks against what passes."""
    what = listed(review.classes) or "nothing that the registry knows changes"
    against = sum(len(_bad(section)) for section in review.sections)
    but = f", with {counted(against, 'reason')} against it" if against else ""
    if review.verdict == "fails":
        errors = sum(one.severity == "error" and not one.on_base for one in review.findings)
        return f"❌ fails: {what}" + (f" ({counted(errors, 'error')})" if errors else "")
    if review.verdict == "passes":
        return f"{'⚠️' if against else '✅'} passes{but}: {what}"
    who = dict.fromkeys(act.who for section in review.sections for act in section.acts)
    return f"🙋 needs a person{f' ({listed(who)})' if who else ''}{but}: {what}"


def _batch(sections: Sequence[Section]) -> Iterator[Block]:
    rows = tuple(
        Row(
            "bad" if one.verdict == "fails" else "look" if _bad(one) else "plain",
            (f"{ICONS[one.verdict]} {one.verdict}", Strong(one.title), one.brief, _worst(one)),
        )
        for one in sections[:_MOST]
    )
    if rows:
        yield Table(("verdict", "what", "in short", "against it"), rows)
    yield from _more(len(sections), "change")


def _more(count: int, what: str) -> Iterator[Block]:
    if count > _MOST:
        yield Line((f"… and {counted(count - _MOST, f'more {what}')}, which --format json has as well.",))


def _bad(section: Section) -> list[Statement]:
    return [one for one in section.statements if one.tone == "bad"]


def _worst(section: Section) -> str:
    bad = [sentence(one.text) for one in _bad(section)]
    more = f" {counted(len(bad) - _AGAINST, 'more reason')}." if len(bad) > _AGAINST else ""
    return " ".join(bad[:_AGAINST]) + more


def _told(statements: Sequence[Statement]) -> Iterator[Block]:
    if statements:
        yield _items(statements)


def _items(statements: Sequence[Statement]) -> Items:
    return Items(
        tuple(
            Item(one.tone, (Strong(sentence(one.text)) if one.tone == "bad" else sentence(one.text),))
            for one in statements
        )
    )


def _reason(section: Section) -> Iterator[Block]:
    if section.reason:
        yield Line(("The author: ", f"“{section.reason}”"))


def _acts(review: Review) -> Iterator[Block]:
    acts = dict.fromkeys(act for section in review.sections for act in section.acts)
    if acts:
        yield Line((Strong("Who must act"),))
        yield Items(
            tuple(
                Item(
                    "plain",
                    (Strong(act.who), f": {act.what}", *((" ", Code(act.command)) if act.command else ())),
                )
                for act in [*acts][:_MOST]
            )
        )
        yield from _more(len(acts), "act")


def _closing(section: Section) -> Iterator[Block]:
    if section.consumers:
        told = listed(
            f"{one.name}{f' ({one.contact})' if one.contact else ''}{f' {one.url}' if one.url else ''}"
            for one in section.consumers
        )
        yield Line((Strong("Tell"), f": {told}"))
    if section.undo:
        yield Line((Strong("Undo"), ": ", Code(section.undo)))


def _findings(review: Review) -> Iterator[Block]:
    acts = any(section.acts for section in review.sections)
    # That somebody has to approve stands above, with who and how many.
    new = [one for one in review.findings if not one.on_base and (one.answer or not (acts and one.approvals))]
    old = [one for one in review.findings if one.on_base]
    if new:
        yield Heading(2, "What the rules found")
        yield _found(new)
        yield from _more(len(new), "finding")
    if old:
        yield Fold(
            f"{counted(len(old), 'finding')} that main has as well: this change is not to blame",
            (_found(old),),
        )
    if review.skipped:
        yield Items(
            tuple(Item("look", ("Not looked at: ", Code(one.rule), f": {one.why}")) for one in review.skipped)
        )


def _found(findings: Sequence[Found]) -> Items:
    return Items(
        tuple(
            Item(
                "bad" if one.severity == "error" else "good" if one.answer else "look",
                (
                    Code(one.rule),
                    f": {sentence(one.message)}",
                    f" {_advice(one)} ",
                    Code(f"{one.path}:{one.line}"),
                ),
            )
            for one in findings[:_MOST]
        )
    )


def _advice(one: Found) -> str:
    if one.answer:
        return sentence(one.answer[0].upper() + one.answer[1:])
    return f"Mend: {sentence(one.hint)}" if one.hint else ""


def _section(section: Section, *, is_alone: bool) -> Iterator[Part]:
    head: list[Block] = [Heading(2, section.title)]
    if is_alone:
        head += _told(section.statements[_TOLD:])
    else:
        head += [
            Line((sentence(section.brief),)),
            *_told(section.statements),
            *_reason(section),
            *_closing(section),
        ]
    head += tables.gates(section.gates)
    if len(head) > 1 or section.differences or section.comparisons:
        yield tuple(head)
    yield tuple(tables.differences(section.differences))
    for compared in section.comparisons:
        yield tuple(tables.comparison(compared, section))
        yield tuple(tables.differences(compared.differences))
