"""A model's document by git: what the catalog would say of it, as far as a consumer needs it."""

import json
import tempfile
from pathlib import Path

from modelry.client import fields, folder, seen
from modelry.client.fields import Fields
from modelry.storage import folders, upstream
from modelry.storage.bodies import shown


def fetched(model: str, name: str, repository: str) -> Fields:
    """Give the document of a model as main has it now, and remember how far main has come.

    Raises `NotFoundError` where there is no such model, `StaleError` where main does not go on from what was seen.
    """
    before, kept = seen.moment(name), seen.answer(name, model)
    head = upstream.head(repository)
    if kept is not None and kept.document.text("commit", fields.COMMIT) == head:
        seen.learn(name, seen.told(kept.document, "git"))
        seen.confirm(name, model)
        return kept.document
    found = upstream.fetched(repository, model, before and (before.sequence, before.commit))
    with tempfile.TemporaryDirectory(prefix="modelry-files-") as top:
        folders.write(found.files, Path(top))
        told = folder.document(model, Path(top))
    told |= {"sequence": found.sequence, "commit": found.commit, "repository": before and before.repository}
    document = Fields(told, shown(repository))
    seen.learn(name, seen.told(document, "git"))
    seen.keep(name, model, None, json.dumps(told).encode())
    return document
