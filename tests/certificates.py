"""A certificate authority that nobody knows, and a certificate of it for 127.0.0.1."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Paths(NamedTuple):
    """Where they lie."""

    authority: Path
    certificate: Path
    key: Path


def make(folder: Path) -> Paths:
    """Make both; the one certificate does for a server and for a client."""
    folder.mkdir()
    ours, its = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests of modelry")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)

    def certificate(name: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType) -> bytes:
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=True)
            .sign(ours, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    paths = Paths(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    paths.authority.write_bytes(certificate(issuer, ours, x509.BasicConstraints(ca=True, path_length=None)))
    named = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    paths.certificate.write_bytes(certificate(subject, its, named))
    private = its.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    paths.key.write_bytes(private)
    return paths
