"""What a socket may send in place of text or a form."""

from __future__ import annotations

JUNK: list[object] = [
    None,
    {},
    {"nested": {"message": "hello"}},
    [],
    [["message", "hello"]],
    7,
    -0.5,
    10**300,
    True,
    "9" * 5000,
    "\x00",
    "\ud800",
]
