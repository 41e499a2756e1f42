"""Numbers, times and lists, as a review says them."""

from collections.abc import Iterable
from datetime import date, timedelta
from shlex import quote


def number(value: float) -> str:
    """Give a number with as many digits as tell it from its neighbours."""
    return f"{value:.6g}"


def signed(value: float) -> str:
    """Give a difference with its sign: in three digits, which is what one compares by."""
    return f"{value:+.3g}" if value else "±0"


def listed(items: Iterable[str], most: int = 5) -> str:
    """Give items as a person would say them, the last after `and`; of many, how many more there are."""
    told = list(items)
    if len(told) > most:
        told = [*told[:most], f"{len(told) - most} more"]
    return " and ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else "".join(told)


def revert(path: str) -> str:
    """Give the command that takes back what was merged last of a file, for which modelry has none of its own."""
    return f"git revert --mainline 1 $(git log -1 --first-parent --format=%H main -- {quote(path)})"


def counted(count: int, what: str) -> str:
    """Give a number of things."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def until(day: date, today: date) -> str:
    """Say how far away a day is."""
    left = (day - today).days
    if left < 0:
        return f"expired {counted(-left, 'day')} ago"
    return "expires today" if left == 0 else f"expires in {counted(left, 'day')}"


def span(length: timedelta) -> str:
    """Say how long something is: in days where it is that long, else in hours or minutes."""
    minutes = int(length.total_seconds() // 60)
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size:
            return counted(minutes // size, unit)
    return counted(minutes, "minute")


def sentence(text: str) -> str:
    """End with a point."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
