"""How hard a password is to guess, judged in bounded time.

zxcvbn's time grows with the cube of the length, and it reads a password once for each
way in which its signs may stand for letters (@ and 4 for a): 32 crafted characters have
over 500 ways, and take half a second of everybody's time. So it reads a start of the
password, in a few ways at most. The slowest that a search found then takes 25 ms, where
it took 510 (2026-11-26).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from zxcvbn import zxcvbn
from zxcvbn.matching import L33T_TABLE

# Characters after these hardly change the verdict.
READS = 32
MOST_WAYS_TO_READ = 8
ENOUGH = 3


def is_easy(password: str, *, about: Sequence[str] = ()) -> bool:
    """Return whether a password is too easy to guess.

    Args:
        password: The password; only its first 32 characters count.
        about: Words about the person that would make it easy.
    """
    known = [word for entry in about for word in (entry, *re.split(r"\W+", entry)) if word]
    score: int = zxcvbn(judged(password), user_inputs=[*known, "anonmsg"])["score"]
    return score < ENOUGH


def judged(password: str) -> str:
    """Return what zxcvbn reads of a password.

    Where there are too many ways to read it, signs for the same letter become one sign.
    """
    read = password[:READS]
    if ways_to_read(read) <= MOST_WAYS_TO_READ:
        return read
    for signs in L33T_TABLE.values():
        if used := [sign for sign in read if sign in signs]:
            read = read.translate({ord(sign): used[0] for sign in signs})
    return read


def ways_to_read(read: str) -> int:
    """Return in how many ways a password's signs may stand for letters, at most."""
    return math.prod(max(1, len(set(read).intersection(signs))) for signs in L33T_TABLE.values())
