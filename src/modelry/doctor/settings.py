"""A forge's settings as one document: what it answered, each answer under the name of its endpoint."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from modelry.model.fields import Part

Answer = Any
"""What the forge said, as it said it: an error of the forge too; null where nobody asked."""


class Answers(BaseModel):
    """The answers of GitHub's REST API. Besides these, `rulesets/ID` has each ruleset in full."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    repository: Answer = None
    """GET repos/OWNER/NAME"""
    rulesets: Answer = None
    """GET repos/OWNER/NAME/rulesets"""
    actions: Answer = Field(None, alias="actions/permissions")
    """GET repos/OWNER/NAME/actions/permissions"""
    selected_actions: Answer = Field(None, alias="actions/permissions/selected-actions")
    """GET repos/OWNER/NAME/actions/permissions/selected-actions"""
    token: Answer = Field(None, alias="actions/permissions/workflow")
    """GET repos/OWNER/NAME/actions/permissions/workflow"""
    forks: Answer = Field(None, alias="actions/permissions/fork-pr-contributor-approval")
    """GET repos/OWNER/NAME/actions/permissions/fork-pr-contributor-approval"""
    private_forks: Answer = Field(None, alias="actions/permissions/fork-pr-workflows-private-repos")
    """GET repos/OWNER/NAME/actions/permissions/fork-pr-workflows-private-repos"""
    runners: Answer = Field(None, alias="actions/runners")
    """GET repos/OWNER/NAME/actions/runners"""
    environments: Answer = None
    """GET repos/OWNER/NAME/environments"""
    pages: Answer = None
    """GET repos/OWNER/NAME/pages"""
    immutable_releases: Answer = Field(None, alias="immutable-releases")
    """GET repos/OWNER/NAME/immutable-releases"""
    codeowners_errors: Answer = Field(None, alias="codeowners/errors")
    """GET repos/OWNER/NAME/codeowners/errors"""


class ForgeSettings(Part):
    """What a forge's settings are: what `modelry doctor --dump` prints and `--settings` reads."""

    schema_: Literal["forge-settings/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    repository: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]
    """Whose settings these are: OWNER/NAME."""
    answers: Answers
    """What the forge said, by endpoint."""


ENDPOINTS = tuple(field.alias or name for name, field in Answers.model_fields.items())
"""What is asked, below repos/OWNER/NAME; `repository` is that itself."""


def path(endpoint: str, repository: str) -> str:
    """Give where an endpoint lies in the forge's API."""
    top = f"repos/{repository}"
    return top if endpoint == "repository" else f"{top}/{endpoint}"
