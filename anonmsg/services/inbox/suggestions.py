"""Suggestions for senders who don't know how to begin, from a bank of our own.

Each is a question, or half a sentence that the sender finishes. None is a
statement, so that one tap never sends something that nobody thought of.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from anonmsg.errors import N_

BANK = (
    N_("What are you quietly proud of?"),
    N_("Where did you learn to explain things so well?"),
    N_("What would you do with a free month and no phone?"),
    N_("Which book, song or film do you keep coming back to?"),
    N_("I never said it, but…"),
    N_("What's the kindest thing a stranger has done for you?"),
    N_("If you could learn one skill overnight, what would it be?"),
    N_("What small thing made you smile this week?"),
    N_("What do you wish people asked you?"),
    N_("I've always wanted to ask you…"),
    N_("What did you believe ten years ago that you don't believe now?"),
    N_("What's the best advice you ever ignored?"),
    N_("Which place feels most like home to you?"),
    N_("What are you looking forward to?"),
    N_("What could I do better when we work together?"),
    N_("Which mistake of yours turned out well?"),
    N_("What I like about talking to you is…"),
    N_("What would your perfect Sunday look like?"),
    N_("What should everyone try once?"),
    N_("Who would you like to thank, and for what?"),
    N_("What's harder about what you do than people think?"),
    N_("Thank you for…"),
    N_("What have you changed your mind about lately?"),
    N_("I still remember when you…"),
)
SHOWN = 3


def some(*, instead_of: Sequence[str] = ()) -> list[str]:
    """Return three suggestions, none of which is already on screen."""
    fresh = [sentence for sentence in BANK if sentence not in instead_of]
    return secrets.SystemRandom().sample(fresh, SHOWN)
