"""Everything a hostile learner was thought to try, and honest work that looks like it; see the table in the docs."""
