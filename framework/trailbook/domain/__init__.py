"""The rules: standard library only, no clock, no disk, no randomness."""
