"""Fills, compresses and serves the built pages."""
