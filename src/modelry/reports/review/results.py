"""The challenger's results against the champion's: what is better, what is worse, and what cannot be compared."""

from collections.abc import Iterator, Sequence

from modelry.model import comparison
from modelry.model.documents import Interval, Measurement
from modelry.model.gates import NoWorseThan
from modelry.model.policy import Metric, Policy, Stage
from modelry.model.registry import Version
from modelry.reports.review.facts import Range, Result, Statement
from modelry.reports.review.words import counted, listed, number, signed

_ORDER = ("worse", "only before", "within tolerance", "no goal", "better", "same", "only now")
_NAMED = 3
"""As many results as a summary names one by one."""


def of(
    older: Sequence[Measurement], newer: Sequence[Measurement], policy: Policy, stage: Stage | None
) -> tuple[Result, ...]:
    """Give every result of both, worst first, each held against its goal and the stage's tolerance."""
    found = [
        _result(one, policy.metrics.get(one.metric), _tolerance(stage, one))
        for one in comparison.paired(older, newer)
    ]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.verdict), -loss(one))))


def _tolerance(stage: Stage | None, one: comparison.Result) -> float | None:
    dataset = one.dataset.partition("@")[0]
    allowed = [
        gate.tolerance
        for gate in (stage.gates if stage is not None else ())
        if isinstance(gate, NoWorseThan) and gate.metric == one.metric and gate.dataset in {None, dataset}
    ]
    return min(allowed, default=None)


def _result(one: comparison.Result, metric: Metric | None, tolerance: float | None) -> Result:
    known = one.before is not None and one.after is not None
    made = Result(
        dataset=one.dataset,
        slice=one.slice,
        metric=one.metric,
        goal=metric.goal if metric is not None else None,
        unit=metric.unit if metric is not None else None,
        before=one.before,
        after=one.after,
        # What is equal in decimals must not differ in binary.
        difference=round(one.after - one.before, 12) if known else None,  # type: ignore[operator]  # both are there
        tolerance=tolerance,
        verdict="same",
        before_interval=_range(one.before_interval),
        after_interval=_range(one.after_interval),
    )
    return made.model_copy(update={"verdict": _verdict(made)})


def _range(interval: Interval | None) -> Range | None:
    return Range(**interval.model_dump()) if interval is not None else None


def _verdict(one: Result) -> str:
    if one.before is None or one.after is None or one.difference is None:
        return "only now" if one.before is None else "only before"
    if not one.difference:
        return "same"
    if one.goal is None:
        return "no goal"
    if (one.difference > 0) == (one.goal == "maximize"):
        return "better"
    return "within tolerance" if one.tolerance and abs(one.difference) <= one.tolerance else "worse"


def loss(one: Result) -> float:
    """Say by how much a result is worse, as a share of what it was: so that unlike metrics can be ordered."""
    if one.goal is None or one.difference is None or one.before is None:
        return 0.0
    lost = -one.difference if one.goal == "maximize" else one.difference
    return lost / max(abs(one.before), 1e-9)


def told(one: Result) -> str:
    """Give a result in words: `recall on holdout@1, slice age-over-80, falls by 0.09 (0.81 → 0.72)`."""
    unit = f" {one.unit}" if one.unit else ""
    where = f"{one.metric} on {one.dataset}" + (f", slice {one.slice}," if one.slice else "")
    if one.before is None or one.after is None or one.difference is None:
        value = one.after if one.after is not None else one.before
        return f"{where} is {number(value if value is not None else 0)}{unit}"
    if not one.difference:
        return f"{where} stays {number(one.after)}{unit}"
    verb = "rises" if one.difference > 0 else "falls"
    by = signed(one.difference)[1:]
    return f"{where} {verb} by {by}{unit} ({number(one.before)} → {number(one.after)})"


def statements(results: Sequence[Result], champion: Version, challenger: Version) -> Iterator[Statement]:
    """Say what the results mean, worst first; a regression in one slice is named even when the whole improves."""
    worse = [one for one in results if one.verdict == "worse"]
    yield from _regressions([one for one in worse if one.slice], results, in_slices=True)
    yield from _regressions([one for one in worse if not one.slice], results, in_slices=False)
    yield from _incomparable(results, champion)
    yield from _unmeasured(results, champion)
    yield from _contradictions(challenger)


def _contradictions(challenger: Version) -> Iterator[Statement]:
    for again in comparison.contradictions(challenger):
        part = f", slice {again.slice}" if again.slice else ""
        yield Statement(
            tone="bad",
            text=f"{challenger.label} was measured twice on {again.dataset}{part}: {again.metric} was "
            f"{number(again.first)} at first, and {number(again.later)} later. Gates take the first",
        )


def _regressions(
    worse: Sequence[Result], results: Sequence[Result], *, in_slices: bool
) -> Iterator[Statement]:
    if not worse:
        return
    more = f"; {counted(len(worse) - _NAMED, 'more result')} worse" if len(worse) > _NAMED else ""
    text = "; ".join(told(one) + _sure(one) for one in worse[:_NAMED]) + more
    metrics = {one.metric for one in worse}
    risen = {
        one.metric for one in results if not one.slice and one.verdict == "better" and one.metric in metrics
    }
    if in_slices:
        hidden = f", though {listed(sorted(risen))} as a whole improves" if risen else ""
        text = f"Regression in a slice{hidden}: {text}. No gate looks at slices: it is yours to judge"
    yield Statement(tone="bad", text=text if in_slices else f"Worse: {text}")


def _sure(one: Result) -> str:
    if one.before_interval is None or one.after_interval is None:
        return ""
    apart = (
        one.before_interval.low > one.after_interval.high or one.after_interval.low > one.before_interval.high
    )
    return ", beyond both confidence intervals" if apart else ", within the confidence intervals"


def _incomparable(results: Sequence[Result], champion: Version) -> Iterator[Statement]:
    """Say of the metrics that both have, on no data in common, that their numbers mean nothing beside each other."""
    metrics = apart(results)
    if metrics:
        mine, theirs = (
            [one for one in results if one.metric in metrics and not one.slice and one.verdict == only]
            for only in ("only now", "only before")
        )
        yield Statement(
            tone="bad",
            text=f"{listed(metrics)} cannot be compared: {_on(mine, 'after')}, but {champion.label} was measured on "
            f"other data ({_on(theirs, 'before')}). A better number on another data set shows nothing",
        )


def apart(results: Sequence[Result]) -> tuple[str, ...]:
    """Give the metrics that both were measured by, but never on the same data."""
    verdicts: dict[str, set[str]] = {}
    for one in results:
        if not one.slice:
            verdicts.setdefault(one.metric, set()).add(one.verdict)
    return tuple(metric for metric, found in verdicts.items() if found == {"only now", "only before"})


def _on(results: Sequence[Result], side: str) -> str:
    datasets = dict.fromkeys(one.dataset for one in results)
    return "; ".join(
        f"{listed(f'{one.metric} {number(getattr(one, side))}' for one in results if one.dataset == name)} on {name}"
        for name in datasets
    )


def _unmeasured(results: Sequence[Result], champion: Version) -> Iterator[Statement]:
    """Say where the champion was measured and the challenger was not: what is not looked at cannot be worse."""
    both = {one.dataset for one in results if one.difference is not None}
    gone = [one for one in results if one.verdict == "only before"]
    slices = dict.fromkeys(
        f"{one.slice} of {one.dataset}" for one in gone if one.slice and one.dataset in both
    )
    if slices:
        yield Statement(
            tone="bad",
            text=f"Not measured any more, though {champion.label} was: {listed(f'slice {name}' for name in slices)}",
        )
    elsewhere = apart(results)
    whole = [one for one in gone if not one.slice and one.metric not in elsewhere]
    if whole:
        named = listed(f"{one.metric} {number(one.before or 0)} on {one.dataset}" for one in whole)
        yield Statement(tone="look", text=f"Only {champion.label} was measured so: {named}")


def brief(results: Sequence[Result], asked: Sequence[str]) -> str:
    """Give in one line how the metrics that the stage asks for, or else the first, do on the whole data sets."""
    whole = [one for one in results if not one.slice and one.difference is not None]
    if not whole and apart(results):
        return "no result can be compared with the champion's"
    wanted = [one for one in whole if one.metric in asked] or whole
    news = [one for one in wanted if one.difference]
    shown = [
        f"{one.metric} {number(one.before or 0)} → {number(one.after or 0)} on {one.dataset} ({one.verdict})"
        for one in news[:_NAMED]
    ]
    if whole and not news:
        shown = [f"{listed(dict.fromkeys(one.metric for one in wanted))} as before"]
    worst = next((one for one in results if one.slice and one.verdict == "worse"), None)
    if worst is not None:
        shown.append(f"but {told(worst)}")
    return "; ".join(shown)
