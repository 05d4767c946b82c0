"""Pieces of pages: functions from arguments to components."""
