"""modelry: a git repository as a model registry."""

__version__ = "0.1.0"
