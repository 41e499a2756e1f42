"""CODEOWNERS: whom the forge asks for a review, by path; the last line that fits a path is the one that counts."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from modelry.model import layout
from modelry.model.scaffold import Answers, Owner

Owners = Mapping[str, Sequence[str]]
"""Of each model, who answers for it, as its `model.yaml` says."""

_HOMES = {"github": ".github", "gitlab": ".gitlab"}
_MACHINERY = {
    "github": ("/.github/", "/.github/CODEOWNERS"),
    "gitlab": ("/.gitlab/", "/.gitlab-ci.yml", "/.gitlab/CODEOWNERS"),
}
_GROUND = (
    *("/.dvc/", "/.dvcignore", "/.gitattributes", "/.gitignore", "/.modelry.yaml"),
    *(f"/{layout.POLICY}", f"/{layout.SCHEMAS}/", "/schemas/"),
)
_OWNER = TypeAdapter[str](Owner)


def path(answers: Answers) -> str | None:
    """Give where the file lies; None where there is no forge to read it, or nobody to name."""
    home = _HOMES.get(answers.forge)
    return f"{home}/CODEOWNERS" if home and answers.owners else None


def text(answers: Answers, models: Owners) -> str:
    """Give the file: the registry's owners for all that decides, and for each model also its own owners."""
    ours = " ".join(answers.owners)
    lines = [
        "# Who is asked for a review, by path; of several lines that fit, the last one counts.",
        "# Written by modelry: `modelry init --update` brings it up to date with the owners in each `model.yaml`.",
        "",
        "# New models, and those whose owners the forge does not know.",
        f"/{layout.MODELS}/ {ours}",
        *_of_models(models, answers.owners),
        "",
        "# What decides over all others: policy, schemas, workflows, and this file.",
        *(f"{place} {ours}" for place in (*_GROUND, *_MACHINERY[answers.forge])),
    ]
    return "\n".join(lines) + "\n"


def _of_models(models: Owners, ours: Sequence[str]) -> Iterator[str]:
    for name, owners in sorted(models.items()):
        known = [owner for owner in owners if _is_known(owner)]
        if (
            known
        ):  # with the registry's own owners, so that a model's only owner is not alone with their proposals
            yield f"/{layout.MODELS}/{name}/ {' '.join(dict.fromkeys([*known, *ours]))}"


def _is_known(owner: str) -> bool:
    """Say whether a forge may know them: people may also be named by their names."""
    try:
        _OWNER.validate_python(owner)
    except ValidationError:
        return False
    return True
