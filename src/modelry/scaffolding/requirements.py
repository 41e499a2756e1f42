"""What CI installs: modelry as it was asked for, and all that it needs, pinned with hashes."""

from importlib import resources

from modelry.model.files import Files
from modelry.model.scaffold import Answers, Forge

HOME: dict[Forge, str] = {"github": ".github", "gitlab": ".gitlab"}
"""Where a forge's own files lie; plain git has none."""

_TOOL = """\
# What CI installs modelry from. It is installed alone, without what it needs: that is in requirements.txt, with hashes.
# A release, an address of a wheel with its hash (`modelry @ https://…whl --hash=sha256:…`), or git with a full commit id
# (`modelry @ git+https://…@COMMIT`).
"""


def files(answers: Answers) -> Files:
    """Give the pins and the tool, where the forge's CI looks for them."""
    home = HOME.get(answers.forge)
    if home is None:
        return {}
    pins = (resources.files("modelry.scaffolding") / "made/requirements.txt").read_bytes()
    return {
        f"{home}/requirements.txt": pins,
        f"{home}/requirements-modelry.txt": f"{_TOOL}{answers.tool}\n".encode(),
    }
