"""Learners who never were, on the path of a course: what a policy costs them and what they hold at the end.

`shape` is the course as they meet it, `worlds` how they learn (`parameters`: as a log has it), `policies` and `ours`
who decides what they practise, `practise` one learner's way through, `retention` what is left a month later,
`measures` what came of it, `tuning` what makes policies comparable, `compare` all of it together; `authors` is the
report on a path, `picture` its drawing. Nothing here needs more than the standard library, and a seed gives the same to
the last digit.
"""
