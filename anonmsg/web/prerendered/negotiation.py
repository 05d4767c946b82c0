"""Content negotiation: the codings a browser accepts and the ETags it has (RFC 9110)."""

from __future__ import annotations

from collections.abc import Sequence


def preferred_coding(accept_encoding: str, offered: Sequence[str]) -> str:
    """Return the content coding that a browser prefers (RFC 9110, 12.5.3).

    Ties go to the smallest result: br, gzip, none. If nothing is acceptable, the
    page is sent uncompressed, which serves people better than a 406.
    """
    weights = {}
    for part in accept_encoding.lower().split(","):
        coding, _, parameters = part.partition(";")
        weights[coding.strip()] = _weight(parameters)
    anything_else = weights.get("*", 0.0)
    best, best_weight = "identity", 0.0
    for coding in ("br", "gzip"):
        weight = weights.get(coding, anything_else)
        if coding in offered and weight > best_weight:
            best, best_weight = coding, weight
    return best if best_weight >= weights.get("identity", 0.0) else "identity"


def matches(if_none_match: str, etag: str) -> bool:
    """Return whether a browser already has the response with this ETag."""
    known = (each.strip().removeprefix("W/") for each in if_none_match.split(","))
    return any(each in {etag, "*"} for each in known)


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
