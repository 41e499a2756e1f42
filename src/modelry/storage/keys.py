"""Keys that sign evidence: Ed25519 and ECDSA P-256, in DSSE envelopes that other tools verify too."""

import base64
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from modelry.errors import RegistryError
from modelry.model import evidence
from modelry.model.evidence import Envelope, Signature
from modelry.model.policy import Signer
from modelry.storage.evidence import Sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_MAKE = "make one: openssl genpkey -algorithm ed25519 -out KEY"


class Seal(NamedTuple):
    """What the signatures of an envelope are worth."""

    by: str | None
    """The trusted signer whose signature holds; None where there is none."""
    fault: str = ""
    """Why no signature counts."""
    is_forged: bool = False
    """Whether a signature that names a trusted key does not hold: what it signed was altered."""


def signing(named: str | None) -> Sign | None:
    """Give what signs with a private key in PEM form: a file, or `env:NAME` for an environment variable.

    None where none is named. Raises `RegistryError` for what is no key that we sign with.
    """
    if named is None:
        return None
    key = _private(named)
    name = _identity(_der(key))

    def sign(line: str) -> str:
        unsigned = evidence.sealed(line, [Signature(keyid=name, sig="")])
        signed = _sign(key, Envelope.model_validate_json(unsigned).signed)
        return evidence.sealed(line, [Signature(keyid=name, sig=base64.b64encode(signed).decode())])

    return sign


def sealed_by(envelope: Envelope, signers: Mapping[str, Signer]) -> Seal:
    """Say which of the trusted signers signed an envelope."""
    known = {_identity(base64.b64decode(signer.public_key)): name for name, signer in signers.items()}
    for signature in envelope.signatures:
        by = known.get(signature.keyid)
        if by is None:
            continue
        try:
            held = base64.b64decode(signature.sig, validate=True)
        except ValueError:
            return Seal(None, f"the signature of {by} is no base64", is_forged=True)
        if not _holds(base64.b64decode(signers[by].public_key), held, envelope.signed):
            return Seal(None, f"the signature of {by} does not hold", is_forged=True)
        return Seal(by)
    return Seal(None, "it is signed by a key that the policy does not know")


def _private(named: str) -> "Ed25519PrivateKey | EllipticCurvePrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - only for signing
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415

    variable = named.removeprefix("env:") if named.startswith("env:") else None
    if variable is not None and variable not in os.environ:
        raise RegistryError(f"there is no key: {variable} is not set", hint=_MAKE)
    try:
        data = os.environ[variable].encode() if variable is not None else Path(named).read_bytes()
    except OSError as error:
        raise RegistryError(f"there is no key: {error}", hint=_MAKE) from error
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise RegistryError(
            f"{named} is no private key in PEM form without a password", hint=_MAKE
        ) from error
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise RegistryError(f"{named} is neither an Ed25519 nor an ECDSA P-256 key", hint=_MAKE)


def _der(key: "Ed25519PrivateKey | EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - only for signing

    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _identity(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def _sign(key: "Ed25519PrivateKey | EllipticCurvePrivateKey", data: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - only for signing
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    # Deterministic (RFC 6979), so that signing the same again gives the same line.
    return key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def _holds(der: bytes, signature: bytes, data: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 - only for this
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415

    try:
        key = serialization.load_der_public_key(der)
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
            return True
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return False
