"""The README of a new registry: for those who use a model, those who register one, and those who keep the rules."""

from importlib import resources
from string import Template

from modelry.model.scaffold import LOOPBACK, Answers, Forge

_MERGING: dict[Forge, str] = {
    "github": "On GitHub it becomes a pull request, which the check `registry` judges again, as main would be with it.",
    "gitlab": "On GitLab it becomes a merge request, which a pipeline judges again, as main would be with it.",
    "local": "`modelry merge BRANCH` judges it again, as main would be with it, and merges it.",
}


def text(answers: Answers) -> str:
    """Give `README.md`."""
    template = (resources.files("modelry.scaffolding") / "made/README.md").read_text("utf-8")
    package = answers.tool.partition(" --hash")[0]
    is_published = not answers.url.startswith(LOOPBACK)
    return Template(template).substitute(
        title=answers.title,
        catalog=f"[the catalog]({answers.url})" if is_published else "`modelry serve`",
        where=answers.url if is_published else "CLONE",
        clone=f"git clone {answers.repository}\n" if answers.has_address else "",
        remote=answers.remote,
        package=f"'{package}'",
        extra=f"'{_with_extra(package)}'",
        merging=_MERGING[answers.forge],
        owners=f" {' '.join(answers.owners)} look after it." if answers.owners else "",
    )


def _with_extra(requirement: str) -> str:
    """Give a requirement of modelry with all that writing a registry needs; one that names extras has its own."""
    rest = requirement.removeprefix("modelry")
    is_plain = rest != requirement and not rest.startswith("[")
    return f"modelry[registry]{rest}" if is_plain else requirement
