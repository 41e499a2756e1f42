"""What happened, for programs: the whole list, in main's order."""

from modelry.catalog import numbers
from modelry.catalog.documents import Happening
from modelry.model import landings
from modelry.model.events import Event


def happening(event: Event) -> Happening:
    """Give an event as the API tells it."""
    request = event.landing.pull_request
    return Happening(
        what=event.what,
        model=event.model or None,
        version=event.version,
        stage=event.stage,
        previous=event.previous,
        reason=event.reason or event.subject,
        when=numbers.stamp(event.when),
        commit=event.commit,
        proposed_by=[landings.name(person) for person in event.landing.proposed_by],
        pull_request=request.url if request is not None else None,
    )
