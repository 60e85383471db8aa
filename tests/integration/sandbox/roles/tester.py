"""The tester's program is the learner's."""

from learner import main as main
