"""What of the findings a file can hold, as values: which value goes where. What is in doubt is not here."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from modelry.doctor import branches, jobs, owners, pins, rulesets, workflows
from modelry.doctor.base import Piece, Setup
from modelry.doctor.workflows import Workflow

_DAYS = 7


class Entry(NamedTuple):
    """A value for a YAML file; everything else stays as it is."""

    keys: tuple[str | int, ...]
    value: Any
    before: str = ""
    """Above which key of its mapping it goes where it is new; at the end unless told."""


class Line(NamedTuple):
    """Text for the end of a file, or for a new one."""

    text: str


class Mend(NamedTuple):
    """What is to be done in one file: all of it, or nothing."""

    path: str
    steps: tuple[Entry | Line, ...]


def mends(setup: Setup, rules: frozenset[str]) -> Iterator[Mend]:
    """Give what files can hold so that these rules find less, each file's in order."""
    for rule, make in MENDS.items():
        if rule in rules:
            yield from make(setup)


def _permissions(setup: Setup) -> Iterator[Mend]:
    """Take all rights from the workflow and give each job those that it had, or to read."""
    for workflow in workflows.workflows(setup):
        granted = workflow.top["permissions"]
        if granted.value == {} or granted.text == "write-all" or not _is_plain(workflow):
            continue
        had = granted.value if isinstance(granted.value, dict) else {"contents": "read"}
        jobs_of = (
            Entry(("jobs", job.id, "permissions"), had, "uses" if "uses" in job.top else "steps")
            for job in workflow.jobs
            if "permissions" not in job.top
        )
        yield Mend(workflow.path, (*jobs_of, Entry(("permissions",), {}, "jobs")))


def _is_plain(workflow: Workflow) -> bool:
    """Say whether each job says what it does: else it cannot be told what it needs."""
    return all({"uses", "steps"} & job.top.fields.keys() for job in workflow.jobs)


def _credentials(setup: Setup) -> Iterator[Mend]:
    for step in workflows.steps(setup):
        if step["uses"].text.partition("@")[0].lower() == "actions/checkout":
            kept = step["with"]["persist-credentials"]
            if kept.value is not False and kept.text.lower() != "false":
                has_more = bool(step["with"].fields)
                yield _entry(kept, value=False) if has_more else _entry(step["with"], {kept.name: False})


def _cooldown(setup: Setup) -> Iterator[Mend]:
    known = [path for path in (*pins.DEPENDABOT, *pins.RENOVATE) if path in setup.sheets]
    if not known and setup.is_github:
        yield Mend(pins.DEPENDABOT[0], (Line(_UPDATES),))
    for path in known[:1]:
        for update in setup.sheets[path].top["updates"]:
            cooldown = update["cooldown"]
            days = cooldown["default-days"]
            if path in pins.DEPENDABOT and not (isinstance(days.value, int) and days.value >= _DAYS):
                yield _entry(days, _DAYS) if cooldown.fields else _entry(cooldown, {"default-days": _DAYS})


_UPDATES = """\
version: 2
updates:
  - package-ecosystem: github-actions
    directory: /
    schedule:
      interval: weekly
    cooldown:
      default-days: 7
"""


def _merge_group(setup: Setup) -> Iterator[Mend]:
    """Let the required check run in the merge queue, where the triggers are a mapping."""
    for workflow in workflows.workflows(setup):
        makes = any(job.check == rulesets.CHECK for job in workflow.jobs)
        on = workflow.top["on"]
        if makes and "pull_request" in on.fields and "merge_group" not in on.fields:
            yield _entry(on["merge_group"], None)


def _owned(setup: Setup) -> Iterator[Mend]:
    """Give what has no owner to those who own everything else that decides, where CODEOWNERS says who that is."""
    path = owners.place(setup)
    known = owners.keepers(setup)
    if path is not None and known:
        for pattern in owners.unowned(setup):
            yield Mend(path, (Line(f"{pattern} {' '.join(known)}\n"),))


def _entry(piece: Piece, value: object) -> Mend:
    return Mend(piece.sheet.path, (Entry(piece.keys, value),))


MENDS: Mapping[str, Callable[[Setup], Iterator[Mend]]] = {
    jobs.permissions_not_empty.id: _permissions,
    jobs.checkout_keeps_credentials.id: _credentials,
    pins.update_without_cooldown.id: _cooldown,
    branches.required_check_missing.id: _merge_group,
    owners.unowned_path.id: _owned,
}
"""What can be mended of which rule's findings."""
