"""The environment of a lesson's kernel: a list, not a copy of the server's, so no token is in it."""

from __future__ import annotations

from collections.abc import Mapping

PASSED_ON = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "IPYTHONDIR",
    "JUPYTER_PATH",
    "MPLCONFIGDIR",
    "XDG_CACHE_HOME",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)

ALWAYS = {
    # An Output widget that this server fills must tell the page's copy of it.
    "JUPYTER_WIDGETS_ECHO": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TERM": "xterm-color",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def kernel_environment(server: Mapping[str, str]) -> dict[str, str]:
    """Return what a kernel gets of the server's environment.

    >>> kernel_environment({"PATH": "/bin", "JUPYTERHUB_API_TOKEN": "secret"})["PATH"]
    '/bin'
    >>> "JUPYTERHUB_API_TOKEN" in kernel_environment({"PATH": "/bin", "JUPYTERHUB_API_TOKEN": "secret"})
    False
    """
    return {name: server[name] for name in PASSED_ON if name in server} | ALWAYS
