"""Keeps a kernel that prints without end from filling its memory before anyone could count what it prints."""

from __future__ import annotations

from ipykernel.iostream import OutStream

BYTES_AT_ONCE = 64 * 1024


class ThrottledOutput(OutStream):
    """A kernel's standard output that waits, every now and then, until what was printed has been sent."""

    _since_flush = 0

    def write(self, string: str) -> int:
        """Write text, and wait for it to be sent when much has come together."""
        written = super().write(string) or 0
        self._since_flush += written
        if self._since_flush > BYTES_AT_ONCE:
            self._since_flush = 0
            self.flush()  # type: ignore[no-untyped-call]
        return written
