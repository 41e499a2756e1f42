"""What an export made is written as its place asks for."""

from modelry.exports.base import Manifests, Markdown
from modelry.storage import manifests


def test_each_content_is_written_as_its_place_asks_for() -> None:
    made: Manifests = {
        "run.sh": "exit 0\n",
        "README.md": Markdown({"license": "mit"}, "# Churn\n"),
        "model.json": {"name": "ü"},
        "service.yaml": {"kind": "Service"},
    }
    assert manifests.files(made) == {
        "run.sh": b"exit 0\n",
        "README.md": b"---\nlicense: mit\n---\n\n# Churn\n",
        "model.json": '{\n  "name": "ü"\n}\n'.encode(),
        "service.yaml": b"kind: Service\n",
    }
