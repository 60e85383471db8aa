"""The course service: Trailbook's FastAPI application, a service of the hub."""

from importlib.metadata import version

__version__ = version("trailbook")
