"""The app's event pipeline for these tests."""

from tests.live_app import manager, site, tab

__all__ = ["manager", "site", "tab"]
