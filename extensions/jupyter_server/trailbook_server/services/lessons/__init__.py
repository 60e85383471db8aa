"""Lesson pages: asked of the course service, kept in memory, rendered by Voilà."""
