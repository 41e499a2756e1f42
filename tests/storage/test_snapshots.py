"""Earlier snapshots in a site: as many as are kept, whole or not at all, and never of another registry."""

import json
from pathlib import Path

from modelry.catalog import canonical
from modelry.storage import folders
from modelry.storage.site import snapshots


def a_site(folder: Path, sequence: int, registry: str = "acme") -> str:
    """Write what a site of one model has of its API, and give its snapshot's path; each has a version of its own."""
    document = canonical.dump({"version": f"1.{sequence}.0"})
    name = f"o/{canonical.sha256(document)}.json"
    version = {"document": name, "sha256": "a" * 64, "size": 1, "yanked": False}
    model = {
        "title": "Churn",
        "task": "t",
        "latest": None,
        "stages": {},
        "versions": {f"1.{sequence}.0": version},
    }
    moment = {
        "registry": registry,
        "sequence": sequence,
        "commit": f"{sequence:040}",
        "generated_at": f"2026-03-0{sequence}T08:30:00Z",
    }
    snapshot = canonical.dump({"schema": "snapshot/v1", **moment, "models": {"churn": model}})
    path = f"s/{canonical.sha256(snapshot)}.json"
    index = canonical.dump({**moment, "snapshot": {"path": path}})
    files = {name: document, path: snapshot, "index.json": index}
    folders.write({f"api/v1/{place}": data for place, data in files.items()}, folder)
    return path


def listed(site: Path) -> list[str]:
    return [row["path"] for row in json.loads((site / "api/v1/snapshots.json").read_bytes())["snapshots"]]


def built(tmp_path: Path, count: int) -> list[str]:
    """Build one site over the other, and give their snapshots' paths."""
    paths = []
    for sequence in range(1, count + 1):
        paths.append(a_site(tmp_path / str(sequence), sequence))
        snapshots.keep(tmp_path / str(sequence - 1), tmp_path / str(sequence))
    return paths


def test_a_first_site_lists_nothing(tmp_path: Path) -> None:
    built(tmp_path, 1)
    assert not (tmp_path / "1/api/v1/snapshots.json").exists()


def test_a_site_has_its_own_snapshot_and_the_three_before_it_with_all_they_name(tmp_path: Path) -> None:
    paths = built(tmp_path, 6)
    assert listed(tmp_path / "6") == paths[:1:-1]
    root = tmp_path / "6/api/v1"
    assert {path.relative_to(root).as_posix() for path in (root / "s").iterdir()} == set(paths[2:])
    assert len(list((root / "o").iterdir())) == snapshots.KEPT + 1
    (row,) = [
        row for row in json.loads((root / "snapshots.json").read_bytes())["snapshots"] if row["sequence"] == 5
    ]
    data = (root / paths[4]).read_bytes()
    assert row == {
        "path": paths[4],
        "sha256": canonical.sha256(data),
        "size": len(data),
        "commit": f"{5:040}",
        "sequence": 5,
        "when": "2026-03-05T08:30:00Z",
    }


def test_a_snapshot_of_which_anything_was_altered_is_left_out(tmp_path: Path) -> None:
    first, second = built(tmp_path, 2)
    lost = json.loads((tmp_path / "2/api/v1" / first).read_bytes())["models"]["churn"]["versions"]["1.1.0"]
    (tmp_path / "2/api/v1" / lost["document"]).write_bytes(b"{}\n")
    third = a_site(tmp_path / "3", 3)
    snapshots.keep(tmp_path / "2", tmp_path / "3")
    assert listed(tmp_path / "3") == [third, second]


def test_another_registrys_and_later_snapshots_are_left_out(tmp_path: Path) -> None:
    a_site(tmp_path / "other", 1, "other")
    a_site(tmp_path / "later", 3)
    a_site(tmp_path / "mine", 2)
    for old in ("other", "later", "mine", "nowhere"):
        snapshots.keep(tmp_path / old, tmp_path / "mine")
    assert not (tmp_path / "mine/api/v1/snapshots.json").exists()


def test_what_an_old_site_says_is_never_a_path_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    a_site(tmp_path / "1", 1)
    rows = [{"path": "../../../secret.json"}, {"path": 7}, "x"]
    folders.write({"api/v1/snapshots.json": json.dumps({"snapshots": rows}).encode()}, tmp_path / "1")
    a_site(tmp_path / "2", 2)
    snapshots.keep(tmp_path / "1", tmp_path / "2")
    assert len(listed(tmp_path / "2")) == 2
