"""Whether a change was made for the main that it would join."""

from collections.abc import Iterator

from modelry.model.changes import Move
from modelry.reports.findings import plain
from modelry.reports.review.facts import Statement
from modelry.reports.review.subject import Subject
from modelry.reports.review.words import counted, listed


def statements(subject: Subject) -> Iterator[Statement]:
    """Say what has landed since the change began that takes the ground from under it."""
    standing = subject.standing
    if standing is not None and standing.conflicts:
        told = listed(plain(path) for path in standing.conflicts)
        yield Statement(
            tone="bad",
            text=f"Cannot be merged: main has changed {told} as well. What follows is the change as it would be on main",
        )
    for move in subject.context.changes.moves:
        yield from _stale(subject, move)
    if standing is not None and standing.behind:
        yield Statement(
            tone="plain",
            text=f"Main has moved on by {counted(standing.behind, 'merge')} since this began; what follows is "
            "judged as it would be on main now",
        )


def _stale(subject: Subject, move: Move) -> Iterator[Statement]:
    model = subject.context.after.models.get(move.model)
    document = model.stages[move.stage].value if model is not None and move.stage in model.stages else None
    if document is None or document.previous == move.before:
        return
    supposed = document.previous
    history = subject.context.history
    held = history(move.model, move.stage) if history is not None else ()
    how = f", since {held[0].since:%Y-%m-%d %H:%M}, merged by {held[0].who}: {held[0].reason}" if held else ""
    yield Statement(
        tone="bad",
        text=f"Stale: it was made when {supposed or 'nothing'} held {move.stage} of {move.model}, and "
        f"{move.before or 'nothing'} holds it now{how}. What its author compared with is no longer the champion, "
        "and merging it would undo what has landed: propose it again from main",
    )
