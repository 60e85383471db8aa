"""The tester's program of the sandbox: see `crossing.testing`."""

if __package__:
    from .crossing.testing import main, prepare
else:  # a module beside the zygote, which forks once it has imported this
    from crossing.testing import main, prepare  # type: ignore[import-not-found,no-redef]

    prepare()

__all__ = ["main", "prepare"]
