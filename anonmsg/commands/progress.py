"""Shows on a terminal how far a backup or a restore has come."""

from __future__ import annotations

import sys
import time

import click

EVERY_SECONDS = 0.1


class ProgressLine:
    """One line on standard error, which is written over; nothing where that's no terminal."""

    def __init__(self) -> None:
        """Look whether there is a terminal."""
        self._is_shown = sys.stderr.isatty()
        self._next = 0.0

    def __call__(self, name: str, done: int, total: int) -> None:
        """Show how many bytes of a file are done."""
        if not self._is_shown or (time.monotonic() < self._next and done < total):
            return
        self._next = time.monotonic() + EVERY_SECONDS
        share = f"{100 * done // total:3} % of {total / 1e6:.1f} MB" if total else "…"
        click.echo(f"\r\033[K{name} {share}", nl=False, err=True)

    def end(self) -> None:
        """Clear the line."""
        if self._is_shown:
            click.echo("\r\033[K", nl=False, err=True)
