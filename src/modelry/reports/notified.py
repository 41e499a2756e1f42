"""Telling others, told: who got how many events, and who could not be reached."""

from collections.abc import Sequence

from modelry.errors import RegistryError
from modelry.reports.lines import shown
from modelry.reports.notices import Message, kind


def line(
    name: str, messages: Sequence[Message], error: RegistryError | None, *, begins: bool, dry_run: bool
) -> str:
    """Say what came of telling one receiver."""
    if error is not None:
        taken = len(messages) - 1
        failed = f"{kind(messages[-1])} of {messages[-1]['subject']} failed: {error}"
        told = f"{taken} taken, {failed}" + (f"\n hint: {error.hint}" if error.hint else "")
        return "\n".join(map(shown, f"{name}: {told}".split("\n")))
    if begins:
        return f"{name}: is told what comes from now on; for what was before: --since"
    events = f"{len(messages)} event{'' if len(messages) == 1 else 's'}"
    return f"{name}: {events}{' would be sent' if dry_run else ''}"
