"""Signatures over evidence: ours hold for others' tools, others' hold for ours, and nothing altered does."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from securesystemslib.dsse import Envelope as OtherEnvelope
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import SSlibKey

from modelry.errors import RegistryError
from modelry.model import evidence
from modelry.model.evidence import Envelope, Predicate
from modelry.model.policy import Signer
from modelry.storage import keys
from modelry.storage.keys import Seal

Signing = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
Private = Signing | rsa.RSAPrivateKey

KINDS: dict[str, Callable[[], Signing]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
}

LINE = evidence.line(
    evidence.of(
        Predicate.model_validate(
            {
                "registry": "acme-models",
                "commit": "1" * 40,
                "head": "2" * 40,
                "proposal": {},
                "classes": ["promotion"],
                "author": {"name": "Ada"},
                "approvers": [],
                "merger": {"name": "Bob"},
                "merged_at": "2026-03-01T12:00:00Z",
                "checks": [],
                "policy": None,
                "moves": [],
            }
        ),
        {"churn@1.0.0": "0" * 64},
    )
)


def pem(key: Private) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def der(key: Private) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def trusted(key: Private) -> dict[str, Signer]:
    return {"ci": Signer(public_key=base64.b64encode(der(key)).decode())}


def signed(key: Private, folder: Path) -> Envelope:
    (folder / "key.pem").write_bytes(pem(key))
    sign = keys.signing(str(folder / "key.pem"))
    assert sign is not None
    assert sign(LINE) == sign(LINE)
    return Envelope.model_validate_json(sign(LINE))


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_sign_holds_for_us_and_for_in_totos_own_library(kind: str, tmp_path: Path) -> None:
    key = KINDS[kind]()
    envelope = signed(key, tmp_path)
    assert keys.sealed_by(envelope, trusted(key)) == Seal("ci")
    other = OtherEnvelope.from_dict(envelope.model_dump(mode="json", by_alias=True))
    theirs = SSlibKey.from_crypto(key.public_key(), keyid=hashlib.sha256(der(key)).hexdigest())
    assert list(other.verify([theirs], 1)) == [theirs.keyid]


@pytest.mark.parametrize("kind", KINDS)
def test_what_in_totos_own_library_signs_holds_for_us(kind: str) -> None:
    key = KINDS[kind]()
    public = SSlibKey.from_crypto(key.public_key(), keyid=hashlib.sha256(der(key)).hexdigest())
    other = OtherEnvelope(LINE.encode(), evidence.PAYLOAD, {})
    other.sign(CryptoSigner(key, public))
    envelope = Envelope.model_validate_json(json.dumps(other.to_dict()))
    assert keys.sealed_by(envelope, trusted(key)) == Seal("ci")


@pytest.mark.parametrize("kind", KINDS)
def test_an_altered_statement_is_forged(kind: str, tmp_path: Path) -> None:
    key = KINDS[kind]()
    envelope = signed(key, tmp_path)
    other = base64.b64encode(LINE.replace("Ada", "Eve").encode()).decode()
    forged = envelope.model_copy(update={"payload": other})
    assert keys.sealed_by(forged, trusted(key)) == Seal(
        None, "the signature of ci does not hold", is_forged=True
    )
    (signature,) = envelope.signatures
    broken = envelope.model_copy(update={"signatures": (signature.model_copy(update={"sig": "?"}),)})
    assert keys.sealed_by(broken, trusted(key)) == Seal(
        None, "the signature of ci is no base64", is_forged=True
    )


def test_a_key_that_the_policy_does_not_know_counts_for_nothing(tmp_path: Path) -> None:
    envelope = signed(ed25519.Ed25519PrivateKey.generate(), tmp_path)
    unknown = Seal(None, "it is signed by a key that the policy does not know")
    assert keys.sealed_by(envelope, trusted(ed25519.Ed25519PrivateKey.generate())) == unknown
    assert keys.sealed_by(envelope, {}) == unknown


def test_a_key_comes_from_a_variable_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    monkeypatch.setenv("SIGNING_KEY", pem(key).decode())
    sign = keys.signing("env:SIGNING_KEY")
    assert sign is not None
    assert keys.sealed_by(Envelope.model_validate_json(sign(LINE)), trusted(key)) == Seal("ci")


def test_without_a_key_nothing_is_signed() -> None:
    assert keys.signing(None) is None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, "there is no key: "),
        (b"no key", "is no private key in PEM form without a password"),
        (pem(rsa.generate_private_key(65537, 2048)), "is neither an Ed25519 nor an ECDSA P-256 key"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "is neither an Ed25519 nor an ECDSA P-256 key"),
    ],
    ids=["missing", "no key", "RSA", "another curve"],
)
def test_what_is_no_key_of_ours_is_told(data: bytes | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(RegistryError, match=told) as caught:
        keys.signing(str(path))
    assert caught.value.hint == "make one: openssl genpkey -algorithm ed25519 -out KEY"


def test_a_variable_that_is_not_set_is_told() -> None:
    with pytest.raises(RegistryError, match="there is no key: NO_SUCH_KEY is not set"):
        keys.signing("env:NO_SUCH_KEY")


def test_a_key_of_another_kind_proves_nothing() -> None:
    other = rsa.generate_private_key(65537, 2048)
    der = other.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert keys._holds(der, b"signature", b"data") is False
