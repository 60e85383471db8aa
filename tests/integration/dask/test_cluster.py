"""Tests of a running Dask cluster: a real scheduler and worker with certificates, and TLS or nothing."""

from __future__ import annotations

import datetime
import ipaddress
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support.small_course import LEARNER, SOLUTION, running, submit, wait_for, write_settings

from trailbook.adapters.dask import ClusterQueue
from trailbook.config import SETTINGS_VARIABLE, load_settings
from trailbook.domain.errors import Invalid, Unavailable

LOOPBACK = ipaddress.ip_address("127.0.0.1")


def write_certificates(folder: Path) -> dict[str, str]:
    """Write an authority, and a certificate with its key for everyone in the cluster; return Dask's arguments."""
    now = datetime.datetime.now(datetime.UTC)
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name, name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("authority", "cluster")
    )

    def certificate(subject: x509.Name, public: ec.EllipticCurvePublicKey, *, is_authority: bool) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
        )
        return builder.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    (folder / "ca.pem").write_bytes(certificate(authority_name, authority_key.public_key(), is_authority=True))
    (folder / "cert.pem").write_bytes(certificate(name, key.public_key(), is_authority=False))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return {"--tls-ca-file": "ca.pem", "--tls-cert": "cert.pem", "--tls-key": "key.pem"}


@contextmanager
def program(module: str, *arguments: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a Dask program, and end it."""
    log = (folder / f"{module}.log").open("w")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with (
        log,
        subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=folder, env=environment, stdout=log, stderr=log, text=True
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


def free_port() -> int:
    """Return a port nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a space in its name."""
    folder = tmp_path / "a cluster"
    folder.mkdir()
    return folder


def test_a_job_is_graded_by_a_worker_elsewhere(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = [text for pair in write_certificates(place).items() for text in pair]
    port = free_port()
    address = f"tls://127.0.0.1:{port}"
    settings_path = write_settings(
        place, dask_address=address, dask_tls_ca="ca.pem", dask_tls_cert="cert.pem", dask_tls_key="key.pem"
    )
    monkeypatch.setenv(SETTINGS_VARIABLE, str(settings_path))
    told = []
    scheduler = ("--protocol", "tls", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", *tls)
    worker = (address, "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard", *tls)
    with program("distributed.cli.dask_scheduler", *scheduler, folder=place):
        wait_for(lambda: answers(port), what="the scheduler")
        with program("distributed.cli.dask_worker", *worker, folder=place) as elsewhere:
            with running(load_settings()) as application:
                application.live.subscribe(LEARNER.name, lambda event: told.append(event.kind))
                attempt = submit(application, SOLUTION)
                wait_for(lambda: application.find_attempt(LEARNER, attempt.id).status == "done", what="the result")
                wait_for(lambda: "attempt_graded" in told, what="the event")
                seen = application.find_attempt(LEARNER, attempt.id)
            assert elsewhere.poll() is None

    assert (seen.score, seen.max_score) == (2.0, 2.0)


def test_a_cluster_is_used_with_tls_only(place: Path) -> None:
    write_certificates(place)
    files = {"ca_file": place / "ca.pem", "cert": place / "cert.pem", "key": place / "key.pem"}

    for address, given in [("tcp://127.0.0.1:8786", files), ("tls://127.0.0.1:8786", {**files, "key": None})]:
        with pytest.raises(Invalid) as refusal:
            ClusterQueue(address, **given, task=print, settings_path=place)
        assert refusal.value.code == "dask_without_tls"


def test_a_cluster_that_does_not_answer_is_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_certificates(place)
    monkeypatch.setattr("trailbook.adapters.dask.cluster.CONNECT_SECONDS", 1)
    address = f"tls://127.0.0.1:{free_port()}"

    with pytest.raises(Unavailable) as refusal:
        ClusterQueue(
            address,
            ca_file=place / "ca.pem",
            cert=place / "cert.pem",
            key=place / "key.pem",
            task=print,
            settings_path=place,
        )

    assert refusal.value.code == "no_workers"
    assert address in refusal.value.message


def test_a_cluster_needs_a_settings_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(write_settings(place, dask_address="tls://127.0.0.1:8786"), {})
    monkeypatch.delenv(SETTINGS_VARIABLE, raising=False)

    with pytest.raises(Invalid) as refusal, running(settings):
        pass

    assert refusal.value.code == "no_settings_file"
