"""Addresses of versions: what a deployment carries, and what it must not carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelry.errors import UsageError
from modelry.model.uris import Uri, is_uri, uri

SHA256 = "ab" * 32
ADDRESSES = st.from_regex(r"\Ahttps?://[a-z0-9.-]{1,20}(:[0-9]{2,5})?(/[A-Za-z0-9._~-]{1,10}){0,3}\Z")
REFERENCES = st.sampled_from(
    ["churn", "churn@1.2.0", "churn@2.0.0-rc.1+build.7", "churn@production", "churn@latest"]
)


@given(ADDRESSES, REFERENCES, st.sampled_from([None, SHA256]))
def test_what_is_written_is_read(registry: str, reference: str, sha256: str | None) -> None:
    written = str(Uri(registry, reference, sha256))
    assert is_uri(written)
    assert uri(written) == Uri(registry, reference, sha256)


def test_the_usual_one_is_short() -> None:
    found = uri(f"modelry://acme.github.io/models/churn@1.2.0?sha256={SHA256}")
    assert found == Uri("https://acme.github.io/models", "churn@1.2.0", SHA256)
    assert uri("modelry+http://127.0.0.1:8000/churn").registry == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "text",
    [
        "modelry://",
        "modelry://host",
        "modelry://host/",
        "modelry+ftp://host/churn",
        "modelry://host/churn@1.2.0?sha256=abc",
        f"modelry://host/churn@1.2.0?sha256={SHA256}#x",
        "modelry://user:secret@host/churn",
        "modelry://host/churn@1.2.0/",
        "modelry://host/Churn",
        "modelry://host/churn@../x",
        "modelry://host/a b/churn",
        "modelry://host/churn\n",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert is_uri(text)
    with pytest.raises(UsageError, match="is not"):
        uri(text)
