"""Reports of what runs where, where they lie: in git notes on the commit that main had then."""

import json
from collections.abc import Iterator

from pydantic import ValidationError

from modelry.git import Repository
from modelry.model import deployments
from modelry.model.deployments import Deployment, Reported
from modelry.storage import noted
from modelry.storage.noted import Notes

NOTES = Notes("refs/notes/modelry-deployed", "Say what runs where\n")


def read(repository: Repository, commit: str) -> tuple[Deployment, ...]:
    """Give what ran where when main was at a commit, as far as this clone knows."""
    notes = noted.read(repository, NOTES)
    if not notes:
        return ()
    line = repository.run("rev-list", "--first-parent", "--reverse", commit).split()
    reports = ((at, said) for at, note in notes.items() for said in _reports(note))
    return deployments.latest(reports, {one: number for number, one in enumerate(line)})


def text(report: Reported) -> str:
    """Give a report as a line of a note."""
    return json.dumps(report.model_dump(mode="json", by_alias=True, exclude_none=False), sort_keys=True)


def _reports(note: bytes) -> Iterator[Reported]:
    for line in note.splitlines():
        try:
            yield Reported.model_validate_json(line)
        except (ValidationError, RecursionError):
            continue  # whoever may push notes may write anything: what cannot be read says nothing
