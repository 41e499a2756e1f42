"""What a registry begins with: the files around its records, as values; where they go is not decided here.

What is the same in every registry lies beside this code, at the path that it will have: in `common/` for all, in
`github/` and `gitlab/` for those forges. What differs is made from `Answers`, some of it out of a text in `made/`.
"""

from collections.abc import Mapping, Sequence

from modelry.model import layout
from modelry.model.files import Files
from modelry.model.scaffold import Answers, Forge
from modelry.scaffolding import ground, ownership, policy, readme, requirements, shipped
from modelry.scaffolding.steps import steps

__all__ = ["Answers", "Forge", "files", "ground", "steps"]

REMOTE = "store"
"""What a new registry's remote is called."""


def files(answers: Answers, models: Mapping[str, Sequence[str]] | None = None) -> Files:
    """Give all files that `modelry init` writes for these answers, by path; the same answers give the same bytes.

    `models` are those that there are already, each with its owners.
    """
    made = {
        **shipped.files("common"),
        **shipped.files(answers.forge),
        **ground.files(REMOTE, answers.remote),
        **requirements.files(answers),
        layout.POLICY: policy.text(answers).encode(),
        "README.md": readme.text(answers).encode(),
    }
    if (owned := ownership.path(answers)) is not None:
        made[owned] = ownership.text(answers, models or {}).encode()
    return dict(sorted(made.items()))
