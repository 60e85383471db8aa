"""The course service: Trailbook's FastAPI application, a service of the hub."""
