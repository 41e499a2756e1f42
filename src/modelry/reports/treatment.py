"""What `modelry doctor --fix` did and could not do: files in words, the forge's settings as calls that can be run."""

from collections.abc import Iterable, Sequence
from json import dumps
from shlex import quote

from modelry.doctor import settings
from modelry.doctor.calls import Call
from modelry.reports import findings


def told(files: Iterable[str], left: Sequence[str], *, written: bool) -> str:
    """Say which files were mended, or would be, and what was left."""
    verb = "mended" if written else "would mend"
    lines = [*(f"{verb} {path}" for path in files), *(f"left as it is: {one}" for one in left)]
    return "".join(f"{findings.plain(line)}\n" for line in lines)


def script(calls: Sequence[Call], repository: str) -> str:
    """Give calls as a shell script; nothing where there are none. Read it before you run it."""
    return "\n".join(_call(call, repository) for call in calls)


def _call(call: Call, repository: str) -> str:
    where = settings.path(call.endpoint or "repository", repository)
    note = f"# {findings.plain(call.note)}\n" if call.note else ""
    line = f"{note}gh api --method {call.method} {quote(where)}"
    if call.body is None:
        return f"{line}\n"
    # In ASCII and between quotes that expand nothing: what a ruleset is called is no command.
    return f"{line} --input - <<'JSON'\n{dumps(call.body, indent=2)}\nJSON\n"
