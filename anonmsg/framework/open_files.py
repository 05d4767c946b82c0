"""Raises the limit on open files, so that idle connections don't use it up.

Each connection is an open file, and most shells and systemd start a process with
a soft limit of 1,024. Any process may raise its own soft limit to the hard one.
"""

from __future__ import annotations

import logging
import sys

if sys.platform != "win32":
    import resource

logger = logging.getLogger(__name__)

# Fewer are enough for a small site, but not against someone who opens connections
# to use them up.
ENOUGH = 4096
UNLIMITED = 2**31 - 1


def raise_limit() -> int:
    """Raise the soft limit to the hard one, and return how many files may be open."""
    if sys.platform == "win32":
        return UNLIMITED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):
            # macOS calls its hard limit infinite, but allows less.
            return soft
    return UNLIMITED if hard == resource.RLIM_INFINITY else hard


def raise_limit_and_warn() -> None:
    """Raise the limit, and log a warning if it stays low."""
    limit = raise_limit()
    if limit < ENOUGH:
        logger.warning(
            "Only %s files may be open at a time, and each connection is one. Raise the limit to "
            "%s or more: LimitNOFILE in a systemd unit, --ulimit nofile in Docker.",
            limit,
            ENOUGH,
        )
