"""Variables for a shell, a systemd unit or a compose file."""

import shlex

from modelry.exports.base import Choice, Manifests, Options


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:  # noqa: ARG001 - as every target is called
    """Give `models.env`: five variables for each version, named by the model."""
    lines = [
        f"{_name(choice)}_{key}={shlex.quote(str(value))}"
        for choice in choices
        for key, value in _values(choice)
    ]
    return {"models.env": "".join(f"{line}\n" for line in lines)}


def _name(choice: Choice) -> str:
    """Give the model's name as a variable's: it may begin with a digit, which a variable may not."""
    return f"MODEL_{choice.name.upper().replace('-', '_')}"


def _values(choice: Choice) -> tuple[tuple[str, object], ...]:
    artifact = choice.artifact
    return (
        ("VERSION", choice.number),
        ("SHA256", artifact.sha256),
        ("SIZE", artifact.size),
        ("FILE", artifact.path),
        ("URI", choice.uri),
    )
