"""Keeps what visitors typed out of the logs of the libraries that read it."""

from __future__ import annotations

import logging

# These loggers warn about payloads they can't use, and quote what a visitor typed.
PAYLOAD_WARNERS = ("reflex.app", "reflex.state")
# This one logs entire events with its errors; the app's exception handler gets those anyway.
PAYLOAD_ERROR_LOGGER = "reflex_base.event.processor"
# Reads the forms, and quotes bytes of them at every level, down to single characters.
FORM_PARSER = "python_multipart"


def keep_payloads_out() -> None:
    """Silence the loggers that would quote what visitors typed."""
    for name in PAYLOAD_WARNERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger(PAYLOAD_ERROR_LOGGER).setLevel(logging.CRITICAL)
    logging.getLogger(FORM_PARSER).setLevel(logging.CRITICAL + 1)
