"""The digest of a folder: SHA-256 over the canonical list of its files."""

import hashlib
from collections.abc import Iterable


def of_folder(files: Iterable[tuple[str, int, str]]) -> str:
    """Give the SHA-256 of a folder whose files are given as path, size and SHA-256, in any order.

    It is that of the text with one line `<sha256>  <size>  <path>` for each file, ordered by path's
    UTF-8 bytes, so that `sort` and `sha256sum` can compute it too.
    """
    ordered = sorted(files, key=lambda file: file[0].encode())
    text = "".join(f"{sha256}  {size}  {path}\n" for path, size, sha256 in ordered)
    return hashlib.sha256(text.encode()).hexdigest()
