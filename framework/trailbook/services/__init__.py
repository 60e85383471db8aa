"""The use cases: a verb a file, one transaction each."""
