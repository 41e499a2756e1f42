"""Docker: an image that has the bytes in it, fetched and verified while it is built."""

from modelry import __version__
from modelry.exports.base import Choice, Manifests, Options

_HEAD = """\
# Build: docker build --tag {tag} .
# The bytes are those of the digest, or the build fails. The image that serves them is yours: replace `scratch` by it.
FROM python:3.11-slim AS fetched
RUN pip install --no-cache-dir modelry=={tool}
{pulls}
FROM scratch
LABEL {labels}
COPY --from=fetched /models /models
"""


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:  # noqa: ARG001 - as every target is called
    """Give `Dockerfile`: each version lies at `/models/<model>/` in the image."""
    pulls = "".join(f"RUN modelry pull '{choice.uri}' /models/{choice.name}/\n" for choice in choices)
    first = choices[0]
    labels = {
        "org.opencontainers.image.title": " ".join(choice.version.label for choice in choices),
        "org.opencontainers.image.url": first.page if len(choices) == 1 else first.policy.url,
        "org.opencontainers.image.source": first.policy.repository,
    }
    # An address may have a dollar sign in it, which Docker would take for a variable.
    told = " \\\n      ".join(f'{name}="{value}"' for name, value in labels.items()).replace("$", r"\$")
    tag = f"{first.name}:{first.number.replace('+', '-')}" if len(choices) == 1 else "models"
    return {"Dockerfile": _HEAD.format(tag=tag, tool=__version__, pulls=pulls, labels=told)}
