"""The script that brings the bytes to where a server loads them from."""

from collections.abc import Mapping

from modelry.exports.base import Choice

_HEAD = """\
#!/bin/sh
# Bring each model's bytes, verified, to where its server looks for them. Said again, it fetches nothing twice.
set -eu
cd "$(dirname "$0")"
"""


def script(places: Mapping[str, Choice]) -> str:
    """Give a shell script that pulls each version to its place: a path below the script's folder, not quoted."""
    lines = (
        f"mkdir -p {place.rpartition('/')[0]}\nmodelry pull --force '{choice.uri}' {place}\n"
        for place, choice in places.items()
    )
    return _HEAD + "".join(lines)
