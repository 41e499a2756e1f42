"""In which order a review is told: the verdict, what a hurried reviewer must know, who must act, then the details."""

from collections.abc import Iterator, Sequence

from modelry.reports.checked import Found
from modelry.reports.review.blocks import (
    Block,
    Code,
    Fold,
    Heading,
    Item,
    Items,
    Line,
    Link,
    Part,
    Row,
    Span,
    Strong,
    Table,
)
from modelry.reports.review.facts import (
    Comparison,
    Difference,
    Gate,
    Range,
    Result,
    Review,
    Section,
    Statement,
    Tone,
)
from modelry.reports.review.words import counted, listed, number, sentence, signed

ICONS = {"passes": "✅", "needs a person": "🙋", "fails": "❌"}
_STATES: dict[str, tuple[Tone, str]] = {
    "passes": ("good", "passes"),
    "missed": ("bad", "missed"),
    "measure": ("bad", "not measured"),
    "wait": ("bad", "not yet"),
    "unknown": ("look", "not looked at"),
    "waived": ("look", "waived"),
    "approve": ("look", "to be approved"),
}
_VERDICTS: dict[str, Tone] = {
    "worse": "bad",
    "only before": "look",
    "within tolerance": "look",
    "no goal": "plain",
    "better": "good",
    "same": "plain",
    "only now": "plain",
}
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
        yield Table(("", "what", "in short", "against it"), rows)
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
    new = [one for one in review.findings if not one.on_base and not (acts and one.rule == "approval-needed")]
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
                "bad" if one.severity == "error" else "look",
                (
                    Code(one.rule),
                    f": {sentence(one.message)}",
                    f" Mend: {sentence(one.hint)} " if one.hint else " ",
                    Code(f"{one.path}:{one.line}"),
                ),
            )
            for one in findings[:_MOST]
        )
    )


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
    head += _gates(section.gates)
    if len(head) > 1 or section.differences or section.comparisons:
        yield tuple(head)
    yield tuple(_differences(section.differences))
    for compared in section.comparisons:
        yield tuple(_comparison(compared, section))
        yield tuple(_differences(compared.differences))


def _gates(gates: Sequence[Gate]) -> Iterator[Block]:
    if gates:
        yield Table(
            ("", "gate", "found", "margin", "who must act"),
            tuple(
                Row(
                    _STATES[one.state][0],
                    (
                        _emphasized(*_STATES[one.state]),
                        one.gate,
                        one.found,
                        signed(one.margin) if one.margin is not None else "",
                        f"waiver {one.waiver}" if one.waiver else one.act,
                    ),
                )
                for one in gates
            ),
            frozenset({3}),
        )


def _emphasized(tone: Tone, text: str) -> Span:
    return Strong(text) if tone == "bad" else text


def _comparison(compared: Comparison, section: Section) -> Iterator[Block]:
    number_ = section.version.partition("@")[2] if section.version else "after"
    champion = compared.against.partition("@")[2] if compared.against else "nothing"
    if compared.against and (compared.results or compared.differences):
        yield Line((f"{number_} against ", Strong(compared.against), f", which {compared.role}."))
    whole = [one for one in compared.results if not one.slice]
    slices = [one for one in compared.results if one.slice]
    if whole:
        yield _results(whole, champion, number_)
    if slices:
        worse = sum(one.verdict in {"worse", "only before"} for one in slices)
        told = (
            f"{worse} of {counted(len(slices), 'result')} worse or gone"
            if compared.against
            else counted(len(slices), "result")
        )
        yield Fold(f"Slices: {told}", (_results(slices, champion, number_),), is_open=bool(worse))


def _results(results: Sequence[Result], champion: str, challenger: str) -> Table:
    sliced = any(one.slice for one in results)
    known = any(one.before is not None for one in results)
    head = ["metric", "on", *(["slice"] if sliced else []), *([champion] if known else []), challenger]
    numbers = {len(head) - 1, len(head) - 2, len(head)} if known else {len(head) - 1}
    head += ["difference", "verdict"] if known else []
    return Table(
        tuple(head), tuple(_row(one, sliced=sliced, known=known) for one in results), frozenset(numbers)
    )


def _row(one: Result, *, sliced: bool, known: bool) -> Row:
    tone = _VERDICTS[one.verdict]
    arrow = {"maximize": " ↑", "minimize": " ↓", None: ""}[one.goal]
    cells: list[Span] = [f"{one.metric}{f' ({one.unit})' if one.unit else ''}{arrow}", one.dataset]
    cells += [one.slice] if sliced else []
    cells += [_value(one.before, one.before_interval)] if known else []
    cells.append(_value(one.after, one.after_interval))
    if known:
        cells.append(signed(one.difference) if one.difference is not None else "")
        allowed = (
            f" (tolerance {number(one.tolerance)})"
            if one.verdict in {"worse", "within tolerance"} and one.tolerance
            else ""
        )
        cells.append(_emphasized(tone, f"{_SAID.get(one.verdict, one.verdict)}{allowed}"))
    return Row(tone, tuple(cells))


_SAID = {"only before": "not compared: only before", "only now": "not compared: only now"}


def _value(value: float | None, interval: Range | None) -> str:
    if value is None:
        return "none"
    sure = f" [{number(interval.low)}, {number(interval.high)}]" if interval is not None else ""
    return f"{number(value)}{sure}"


def _differences(differences: Sequence[Difference]) -> Iterator[Block]:
    if not differences:
        return
    groups = dict.fromkeys(one.group for one in differences)
    effects = any(one.effect for one in differences)
    rows = tuple(
        Row(
            "bad" if one.effect == "softer" else "plain",
            (
                one.group,
                one.field,
                Code(one.before) if one.before else "",
                Code(one.after) if one.after else "",
                *((Strong(one.effect or ""),) if effects else ()),
            ),
        )
        for one in differences
    )
    head = ("", "fact", "before", "after", *(("effect",) if effects else ()))
    pages = tuple(
        Line(("The code between: ", Link(f"{one.before}...{one.after}", one.url)))
        for one in differences
        if one.url
    )
    told = f"What differs: {counted(len(differences), 'fact')} ({listed(groups, 8)})"
    yield Fold(told, (*pages, Table(head, rows)), is_open=effects)
