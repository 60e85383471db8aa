"""A demo on one machine: two courses, five people, everything in one folder."""
