"""The emulated GitHub has a repository and no settings: what it answers is read, and the rest was not looked at."""

import json
from pathlib import Path

from click.testing import CliRunner

from doctor import shown
from emulator import Forge, Hub
from modelry.cli import group
from modelry.errors import Exit


def test_an_emulated_github_is_only_read_and_what_it_lacks_is_named(
    hub: Hub, forge: Forge, tmp_path: Path
) -> None:
    top = shown.lay(Path("nothing"), tmp_path / "top")
    policy = top / "registry/registry.yaml"
    policy.write_text(
        policy.read_text("utf-8").replace("https://github.com/acme/models", f"{hub.url}/{forge.name}")
    )
    start = len(hub.asked)

    said = CliRunner().invoke(group, ["doctor", "--registry", str(top), "--dump"], catch_exceptions=False)
    answers = json.loads(said.stdout)["answers"]
    (top / "dump.json").write_text(said.stdout)
    told = CliRunner().invoke(
        group, ["doctor", "--registry", str(top), "--settings", str(top / "dump.json"), "--json"]
    )

    assert {one.method for one in hub.asked[start:]} == {"GET"}
    assert answers["repository"]["full_name"] == forge.name
    assert told.exit_code in {Exit.FAILED, Exit.FINDINGS}
    skipped = {one["rule"] for one in json.loads(told.stdout)["skipped"]}
    assert {"ruleset-weakened", "token-too-strong", "any-action-allowed", "tag-movable"} <= skipped
