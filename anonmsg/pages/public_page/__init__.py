"""Somebody's page, where anyone can leave a message."""
