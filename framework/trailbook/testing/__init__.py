"""A pytest plugin for course authors."""
