"""TLS with an authority of one's own, or nothing: whoever can talk to a scheduler can run code on its workers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed.security import Security

from trailbook.domain.errors import Invalid


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: the cluster's own authority, and a certificate of it with its private key."""

    ca: Path | None
    cert: Path | None
    key: Path | None


def security_of(files: TlsFiles) -> Any:
    """Return what makes Dask speak TLS only, with those only who show a certificate of the same authority.

    Raises
    ------
    Invalid
        ``dask_without_tls``: a file is not given or cannot be read.
    """
    given = (files.ca, files.cert, files.key)
    missing = next((each for each in given if each is not None and not each.is_file()), None)
    if missing is not None:
        raise _refusal(f"There is no file {missing}.")
    if None in given:
        raise _refusal("The certificate authority, the certificate and the private key are three PEM files.")
    ca, cert, key = map(str, given)
    return Security(  # type: ignore[no-untyped-call]
        tls_ca_file=ca,
        tls_client_cert=cert,
        tls_client_key=key,
        tls_worker_cert=cert,
        tls_worker_key=key,
        tls_scheduler_cert=cert,
        tls_scheduler_key=key,
        require_encryption=True,
    )


def check_address(address: str) -> str:
    """Return the address of a scheduler; `Invalid` (``dask_without_tls``) when it is not one with TLS."""
    if not address.startswith("tls://"):
        raise _refusal(f"{address or 'An empty address'} is not one.")
    return address


def _refusal(why: str) -> Invalid:
    return Invalid(
        "dask_without_tls",
        f"A Dask cluster is used with TLS only: an address tls://HOST:PORT, and its own certificates. {why} "
        "Make the files with: trailbook cluster-keys DIR",
    )
