"""Selections: which messages an owner means, as their browser says it."""

from __future__ import annotations

from anonmsg import rules
from anonmsg.errors import MessageNotFound, TooManySelected

MOST = 200
LONGEST_ID = 22


def ids(value: object) -> list[str]:
    """Return the ids in a selection, each once; one id alone is a selection, too.

    Raises:
        TooManySelected: there are more than 200.
        MessageNotFound: nothing in it can be an id.
    """
    each = list(value) if isinstance(value, list | tuple) else [value]
    if len(each) > MOST:
        raise TooManySelected
    found = dict.fromkeys(filter(None, (rules.text(one, LONGEST_ID) for one in each)))
    if not found:
        raise MessageNotFound
    return list(found)
