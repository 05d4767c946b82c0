"""Which content encoding a browser gets."""

from __future__ import annotations

import pytest

from anonmsg.web.prerendered.negotiation import preferred_coding


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("deflate, zstd", "identity"),
        ("br;q=0, gzip;q=0", "identity"),
        ("*;q=0", "identity"),
        ("gzip;q=nonsense", "identity"),
        ("gzip;q=0.5, identity", "identity"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, *", "gzip"),
        ("GZIP ; Q=1", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=0.8, br;q=0.8", "br"),
        ("*", "br"),
    ],
)
def test_the_best_coding_that_a_browser_takes_is_chosen(accepted: str, coding: str) -> None:
    assert preferred_coding(accepted, ("identity", "br", "gzip")) == coding


def test_a_coding_that_is_not_there_is_not_chosen() -> None:
    assert preferred_coding("br", ("identity", "gzip")) == "identity"
