"""A running Dask cluster, reached by TLS only: whoever can talk to its scheduler can run code on its workers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from distributed import Client
from distributed.security import Security

from trailbook.adapters.dask.pending import Pending
from trailbook.domain.errors import Invalid, Unavailable

CONNECT_SECONDS = 10


class ClusterQueue:
    """Brings attempts to the workers of a cluster; see `trailbook.services.ports.JobQueue`.

    Parameters
    ----------
    address
        The scheduler, ``tls://host:port``.
    ca_file, cert, key
        PEM files: the authority of the cluster, and this client's certificate and private key.
    task
        An importable function that runs an attempt; called on a worker with ``settings_path`` and the attempt's id.
    settings_path
        The settings file, under the name the workers see it by.

    Raises
    ------
    Invalid
        ``dask_without_tls``: the address or the files do not make an encrypted connection.
    Unavailable
        ``no_workers``: the scheduler does not answer.
    """

    def __init__(
        self,
        address: str,
        *,
        ca_file: Path | None,
        cert: Path | None,
        key: Path | None,
        task: Callable[[str, str], None],
        settings_path: Path,
    ) -> None:
        if not address.startswith("tls://") or ca_file is None or cert is None or key is None:
            raise Invalid(
                "dask_without_tls",
                "A Dask cluster is used with TLS only. Set dask_address to tls://HOST:PORT, and dask_tls_ca, "
                "dask_tls_cert and dask_tls_key to PEM files.",
            )
        security = Security(  # type: ignore[no-untyped-call]
            tls_ca_file=str(ca_file), tls_client_cert=str(cert), tls_client_key=str(key), require_encryption=True
        )
        try:
            self._client: Any = Client(  # type: ignore[no-untyped-call]
                address, security=security, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except OSError as error:
            raise Unavailable(
                "no_workers",
                f"The Dask scheduler at {address} does not answer: {error}. Start it, or mend dask_address.",
            ) from error
        self._task = task
        self._settings_path = str(settings_path)
        self._pending = Pending()

    def dispatch(self, attempt_id: str) -> None:
        """Have the attempt graded; nothing happens while it is dispatched already."""
        self._pending.add(
            attempt_id,
            lambda: self._client.submit(
                self._task, self._settings_path, attempt_id, key=self._pending.key(attempt_id), pure=False
            ),
        )

    def close(self) -> None:
        """Let go of the cluster; jobs that run there may be cancelled, and are then run again."""
        self._pending.forget()
        self._client.close()
