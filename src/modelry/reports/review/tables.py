"""The tables of a report: a stage's gates, the results of champion and challenger, and the facts that differ."""

from collections.abc import Iterator, Sequence

from modelry.reports.review.blocks import Block, Code, Fold, Line, Link, Row, Span, Strong, Table
from modelry.reports.review.facts import Comparison, Difference, Gate, Range, Result, Section, Tone
from modelry.reports.review.words import counted, listed, number, signed

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


def gates(asked: Sequence[Gate]) -> Iterator[Block]:
    """Give what a stage asks for, how it stands and who must act."""
    if asked:
        yield Table(
            ("state", "gate", "found", "margin", "who must act"),
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
                for one in asked
            ),
            frozenset({3}),
        )


def _emphasized(tone: Tone, text: str) -> Span:
    return Strong(text) if tone == "bad" else text


def comparison(compared: Comparison, section: Section) -> Iterator[Block]:
    """Give the results on whole data sets, and those on slices: folded, unless one is worse."""
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


def differences(found: Sequence[Difference]) -> Iterator[Block]:
    """Give the facts that differ, folded; those of a policy stand open."""
    if not found:
        return
    groups = dict.fromkeys(one.group for one in found)
    effects = any(one.effect for one in found)
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
        for one in found
    )
    head = ("part", "fact", "before", "after", *(("effect",) if effects else ()))
    pages = tuple(
        Line(("The code between: ", Link(f"{one.before}...{one.after}", one.url))) for one in found if one.url
    )
    told = f"What differs: {counted(len(found), 'fact')} ({listed(groups, 8)})"
    yield Fold(told, (*pages, Table(head, rows)), is_open=effects)
