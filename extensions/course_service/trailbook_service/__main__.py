"""Run the course service: `python -m trailbook_service`, as the hub or `trailbook open` starts it."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from fastapi import FastAPI

    from trailbook.config import Settings

DEFAULT_URL = "http://127.0.0.1:9001"
DEFAULT_PREFIX = "/services/trailbook/"
CHATTY = ("httpx", "httpcore", "distributed", "alembic")
GRACEFUL_SECONDS = 5
SWITCH_SECONDS = 0.0005
"""How long a thread may keep the others from running. With Python's own 5 ms, requests wait for threads that grade:
the loop that serves them lets go many times a request, and each time the next to compute would keep it waiting."""

KEEP_ALIVE_SECONDS = 75  # longer than any client of ours keeps a connection, so that none is closed under a request


def _is_news(record: logging.LogRecord) -> bool:
    """Return whether a record belongs in the log; a filter, because Dask sets its loggers' levels when it is loaded."""
    return record.levelno >= logging.WARNING or not record.name.startswith(CHATTY)


def main() -> int:
    """Serve until a signal ends it; return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_news)
    # Imported late: what is wrong with the settings is said before the heavy parts are loaded.
    from trailbook.config import load_settings
    from trailbook.domain.errors import CourseError

    sys.setswitchinterval(SWITCH_SECONDS)
    with ExitStack() as stack:
        try:
            app = _make_app(load_settings(), stack)
        except CourseError as error:
            sys.stderr.write(f"trailbook: {error.message}\n")
            return 2
        _serve(app)
    return 0


def _make_app(settings: Settings, stack: ExitStack) -> FastAPI:
    """Return the application with grading started; leaving the stack stops it."""
    from trailbook import wiring
    from trailbook.resources import resource
    from trailbook_service.app import create_app

    doorkeeping = wiring.build_doorkeeping(settings, os.environ)
    application = wiring.build(settings)
    stack.callback(application.stop)
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", DEFAULT_PREFIX)
    app = create_app(application, doorkeeping, base_url=prefix, web_folder=resource("web"))
    application.start()
    gc.collect()
    gc.freeze()  # a collection that looks through all that is loaded would stop every request for a quarter of a second
    return app


def _serve(app: FastAPI) -> None:
    import uvicorn

    address = urlsplit(os.environ.get("JUPYTERHUB_SERVICE_URL", DEFAULT_URL))
    # uvicorn hands the signal that ended it on afterwards; by then everything is stopped, so this is a clean end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    uvicorn.run(
        app,
        host=address.hostname or "127.0.0.1",
        port=address.port or 80,
        # Addresses carry lesson names and, once, a token: nothing of them goes into a log.
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )


if __name__ == "__main__":
    sys.exit(main())
