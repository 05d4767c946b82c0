"""Emailed links in a form: put there by the script, or pasted by someone without scripts."""

from __future__ import annotations

from collections.abc import Mapping

FIELD = "link"


def secret_in(typed: Mapping[str, str]) -> str:
    """Return the secret of the link in a form, or an empty string.

    A browser never sends a URL's fragment, so without scripts the whole link is
    pasted; the script sends the secret alone.
    """
    return typed.get(FIELD, "").strip().rpartition("#")[2].strip()
