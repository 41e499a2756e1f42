"""How a registry begins: its first policy."""

from collections.abc import Mapping

from modelry.model import layout
from modelry.proposals.base import Content


def skeleton(id_: str, title: str, url: str, repository: str, remote: str) -> Mapping[str, Content]:
    """Give the policy of a new registry: staging and production, with gates that suit most classifiers."""
    policy = {
        "schema": "registry/v1",
        "id": id_,
        "title": title,
        "url": url,
        "repository": repository,
        "remotes": {"store": {"url": remote}},
        "metrics": {
            "accuracy": {"goal": "maximize"},
            "auc": {"goal": "maximize"},
            "recall": {"goal": "maximize"},
            "log_loss": {"goal": "minimize"},
            "rmse": {"goal": "minimize"},
        },
        "stages": [
            {"name": "staging"},
            {"name": "production", "after": ["staging"]},
        ],
    }
    return {layout.POLICY: policy}
