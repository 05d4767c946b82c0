"""The app's event pipeline for these tests."""

from tests.live_app import site, tab

__all__ = ["site", "tab"]
