"""What the extension serves, a folder a noun: `manager.py` keeps the state, `handlers.py` speaks HTTP."""
