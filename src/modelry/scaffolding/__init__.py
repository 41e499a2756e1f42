"""What a registry begins with: the files around its records, as values; where they go is not decided here.

What is the same in every registry lies beside this code, at the path that it will have: in `common/` for all, in
`github/` and `gitlab/` for those forges. What differs is made from `Answers`.
"""

from modelry.model.files import Files
from modelry.scaffolding import shipped
from modelry.scaffolding.answers import Answers, Forge

__all__ = ["Answers", "Forge", "files"]


def files(answers: Answers) -> Files:
    """Give all files that `modelry init` writes for these answers, by path; the same answers give the same bytes."""
    made = {**shipped.files("common"), **shipped.files(answers.forge)}
    return dict(sorted(made.items()))
