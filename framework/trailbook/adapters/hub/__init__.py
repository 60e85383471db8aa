"""JupyterHub, as the course service sees it: who asks, and the servers learners work on."""
