"""The learner's program of the sandbox: see `crossing.learning`."""

if __package__:
    from .crossing.learning import main, prepare
else:  # a module beside the zygote
    from crossing.learning import main, prepare  # type: ignore[import-not-found,no-redef]

__all__ = ["main", "prepare"]
