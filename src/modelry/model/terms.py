"""Terms: until when an assignment lasts, before somebody must look at it again."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from modelry.model import names
from modelry.model.events import Event
from modelry.model.policy import Policy


def ends(policy: Policy, events: Sequence[Event], until: datetime) -> Mapping[tuple[str, str], datetime]:
    """Give when assignments end, by model and stage, where policy gives a stage a term (`expires_after`).

    A term begins when main last moved or renewed the assignment: at the time of that commit, but no later
    than at that of whatever reached main next, or than `until`. A clock that ran ahead makes no term longer.
    """
    terms = {
        stage.name: names.duration(stage.expires_after) for stage in policy.stages if stage.expires_after
    }
    line = {event.commit: event.when for event in events}
    following = dict(zip(line, [*list(line.values())[1:], until], strict=False))
    return {
        (event.model, event.stage): min(event.when, following[event.commit], until) + terms[event.stage]
        for event in events
        if event.stage in terms
    }
