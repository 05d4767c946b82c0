"""The version of this release, as `--version`, `/readyz` and the changelog tell it."""

from __future__ import annotations

VERSION = "0.1.0"
