"""What the tests of a whole hub share: a demo that runs, people who sign in, and what reaches them on the wire."""
