"""What the tests of a learner's server share: a course, two processes, and a page's requests."""
