"""What Reflex may write into the log: nothing that a visitor typed."""

from __future__ import annotations

import logging

# They log what they could not use, with what a visitor typed in it.
WARN_WITH_PAYLOADS = ("reflex.app", "reflex.state")
# Its errors hold whole events; what a handler raises comes to the app's own answer.
FAILS_WITH_PAYLOADS = "reflex_base.event.processor"


def keep_payloads_out() -> None:
    """Silence the loggers of Reflex whose lines hold a visitor's words."""
    for name in WARN_WITH_PAYLOADS:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger(FAILS_WITH_PAYLOADS).setLevel(logging.CRITICAL)
