"""The deployment: one settings file becomes a JupyterHub configuration, and a demo of it on one machine."""
