"""The tester's program of the sandbox: see `crossing.testing`."""

if __package__:
    from .crossing.testing import main, prepare
else:  # a module beside the zygote
    from crossing.testing import main, prepare  # type: ignore[import-not-found,no-redef]

__all__ = ["main", "prepare"]
