"""Who is told what has happened: the `webhooks` of a policy, and the words for what they are told."""

from typing import Annotated, Literal

from pydantic import Field

from modelry.model.fields import ModelName, Part, Several, StageName, WebUrl

EventType = Literal[
    "model.registered",
    "model.deprecated",
    "model.undeprecated",
    "version.registered",
    "version.removed",
    "version.yanked",
    "version.unyanked",
    "evaluation.added",
    "stage.changed",
    "stage.renewed",
    "waiver.added",
    "waiver.ended",
    "policy.changed",
]
"""Everything that can be told; each type's full name begins with `io.github.modelry.`."""


class _Webhook(Part):
    events: Several[EventType] = ()
    """What is told; empty for everything."""
    models: Several[ModelName] = ()
    """The models of which it is told; empty for all of them, and for the registry itself."""
    stages: Several[StageName] = ()
    """Of moves, the stages of which it is told; empty for all."""


class CloudEvents(_Webhook):
    """A program that takes CloudEvents over HTTP, signed."""

    format: Literal["cloudevents"]
    """Always `cloudevents`."""
    url: WebUrl
    """Where they are posted. The secret that signs them is the environment's, and never stands here."""


class Slack(_Webhook):
    """A channel of Slack, or of what takes Slack's messages. Its address is a secret, so the environment has it."""

    format: Literal["slack"]
    """Always `slack`."""


class RepositoryDispatch(_Webhook):
    """A repository on GitHub whose workflows begin by `repository_dispatch`."""

    format: Literal["repository_dispatch"]
    """Always `repository_dispatch`."""
    repository: WebUrl
    """The repository's page."""


Webhook = Annotated[CloudEvents | Slack | RepositoryDispatch, Field(discriminator="format")]
