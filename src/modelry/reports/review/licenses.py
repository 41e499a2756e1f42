"""What licences allow, as far as a reviewer must know: by the categories of ScanCode's list of licences."""

from functools import cache

_WORDS = {
    "Public Domain": (0, "public domain"),
    "Permissive": (0, "permissive"),
    "Copyleft Limited": (1, "weak copyleft"),
    "Copyleft": (2, "copyleft: what is built with it must be licensed alike"),
    "Source-available": (3, "restricted: not for every use"),
    "Free Restricted": (3, "restricted: not for every use"),
    "Proprietary Free": (3, "proprietary"),
    "Commercial": (3, "proprietary"),
}
_UNKNOWN = (4, "not on SPDX's list: read it")
_NON_COMMERCIAL = (3, "non-commercial: not for commercial use")


def weighed(expression: str) -> tuple[int, str]:
    """Say how much an SPDX expression restricts, 0 for least, and in words; of several terms, the strictest."""
    terms = [term.strip("()") for term in expression.split()]
    found = [_term(term) for term in terms if term not in {"AND", "OR", "WITH"}]
    return max(found, key=lambda one: one[0], default=_UNKNOWN)


def _term(term: str) -> tuple[int, str]:
    if "-NC" in term.upper():
        return _NON_COMMERCIAL
    return _WORDS.get(_categories().get(term.removesuffix("+").upper(), ""), _UNKNOWN)


@cache
def _categories() -> dict[str, str]:
    from license_expression import get_license_index  # noqa: PLC0415 - a list of 2,500 licences

    return {
        str(key).upper(): str(one.get("category", ""))
        for one in get_license_index()
        for key in (one.get("spdx_license_key"), *one.get("other_spdx_license_keys", ()))
        if key
    }
