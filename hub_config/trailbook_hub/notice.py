"""The sentence every page shows where no sandbox is used."""

INSECURE = (
    "Started without a sandbox (--insecure): anyone signed in can read this machine's course files. For a try-out only."
)
