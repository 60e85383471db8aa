"""Learner models behind one protocol: what a learner will answer, what that says of each skill, and why.

`protocol` has the words, `models` the list to choose from, and each other file one model. All of it is pure and needs
the standard library alone.
"""
