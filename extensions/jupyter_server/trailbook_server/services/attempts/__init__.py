"""Answers on their way to the course service."""
