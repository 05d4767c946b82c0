"""Backups: one archive with the database and its secrets, and the way back from it."""
