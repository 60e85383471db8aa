"""How a tester and a learner, in two processes, work as if they were one: imports nothing of trailbook.

The modules use each other by relative imports: inside a sandbox this folder is a top-level package, in tests a part of trailbook.
"""
