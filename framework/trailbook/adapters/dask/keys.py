"""Makes the certificates of a cluster: an authority that signs one certificate and is forgotten."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trailbook.domain.errors import Conflict

CA, CERT, KEY = "ca.pem", "cert.pem", "key.pem"


def write_cluster_keys(folder: Path, *, now: datetime, days: int) -> tuple[Path, Path, Path]:
    """Write the authority's certificate, and a certificate of it with its key, for every machine of one cluster.

    The authority's own key is written nowhere: nobody can make another certificate that this cluster trusts.

    Raises
    ------
    Conflict
        ``keys_exist``: there are such files already; a cluster that uses them would be cut off.
    """
    paths = folder / CA, folder / CERT, folder / KEY
    taken = next((path for path in paths if path.exists()), None)
    if taken is not None:
        raise Conflict("keys_exist", f"There is a {taken} already. Choose an empty folder, or delete it first.")
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _name("Trailbook grading cluster: authority")
    life = (now - timedelta(minutes=5), now + timedelta(days=days))
    signed = [
        _certificate(authority, authority_key.public_key(), by=authority, life=life, is_authority=True),
        _certificate(_name("Trailbook grading cluster"), key.public_key(), by=authority, life=life, is_authority=False),
    ]
    contents = [each.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) for each in signed]
    contents.append(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path, content in zip(paths, contents, strict=True):
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
    return paths


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    *,
    by: x509.Name,
    life: tuple[datetime, datetime],
    is_authority: bool,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(life[0])
        .not_valid_after(life[1])
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
