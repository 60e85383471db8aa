"""Programs that run inside the box, where Trailbook itself is not: they import nothing of it."""
