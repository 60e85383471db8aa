"""The banner on every page of a staff server without a sandbox."""

from __future__ import annotations

from tornado.httputil import HTTPHeaders
from tornado.web import OutputTransform

from trailbook_hub.notice import INSECURE

BANNER = (
    '<div role="note" style="position:fixed;bottom:0;left:0;right:0;z-index:99999;padding:.4rem 1rem;'
    f'background:#8a1c1c;color:#fff;font:600 14px/1.4 system-ui,sans-serif;text-align:center">{INSECURE}</div>'
)


class InsecureBanner(OutputTransform):
    """Puts the banner at the start of the body of every HTML page."""

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add the banner to a page that is sent in one piece, as all pages of Jupyter Server are."""
        if finishing and headers.get("Content-Type", "").startswith("text/html"):
            chunk = _with_banner(chunk)
            if "Content-Length" in headers:
                headers["Content-Length"] = str(len(chunk))
        return status_code, headers, chunk


def _with_banner(page: bytes) -> bytes:
    start = page.lower().find(b"<body")
    end = page.find(b">", start)
    if start < 0 or end < 0:
        return page
    return page[: end + 1] + BANNER.encode() + page[end + 1 :]
