"""Logs of answers from elsewhere, read as what the learner models take."""

from trailbook.adapters.logs.csv_log import CsvLog

__all__ = ["CsvLog"]
