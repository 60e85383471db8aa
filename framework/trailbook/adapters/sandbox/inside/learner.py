"""The learner's program of the sandbox: see `crossing.learning`."""

if __package__:
    from .crossing.learning import main, prepare
else:  # a module beside the zygote, which forks once it has imported this
    from crossing.learning import main, prepare  # type: ignore[import-not-found,no-redef]

    prepare()

__all__ = ["main", "prepare"]
