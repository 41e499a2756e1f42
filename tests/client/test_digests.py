"""The digest of a folder is one that `sort` and `sha256sum` compute too."""

import hashlib
import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modelry.model import digests

FILES = st.lists(
    st.tuples(
        st.text("aZé𐀀/-.", min_size=1), st.integers(0), st.text("0123456789abcdef", min_size=64, max_size=64)
    ),
    max_size=6,
    unique_by=lambda file: file[0],
)


def test_it_is_that_of_the_sorted_list_of_files(tmp_path: Path) -> None:
    files = {"b": b"two", "a/z": b"one", "a-b": b"three"}
    listed = [(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in files.items()]
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    script = (
        "find . -type f -printf '%P\\n' | LC_ALL=C sort | while read -r path; do"
        ' printf \'%s  %s  %s\\n\' "$(sha256sum < "$path" | cut -d" " -f1)" "$(stat -c %s "$path")" "$path";'
        " done | sha256sum | cut -d' ' -f1"
    )
    told = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert digests.of_folder(listed) == told.stdout.strip()


@given(FILES)
def test_the_order_of_the_files_does_not_matter(files: list[tuple[str, int, str]]) -> None:
    assert digests.of_folder(files) == digests.of_folder(reversed(files))


@given(FILES, FILES)
def test_other_files_have_another_digest(
    one: list[tuple[str, int, str]], two: list[tuple[str, int, str]]
) -> None:
    assert (digests.of_folder(one) == digests.of_folder(two)) == (sorted(one) == sorted(two))
