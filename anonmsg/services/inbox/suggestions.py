"""Suggestions for senders who don't know how to begin, from a bank of our own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from anonmsg.errors import N_

BANK = (
    N_("What is something you are quietly proud of?"),
    N_("You explain hard things so well. Where did you learn that?"),
    N_("What would you do with a free month and no phone?"),
    N_("Which book, song or film do you keep coming back to?"),
    N_("I never said it, but you helped me a lot last year. Thank you."),
    N_("What is the kindest thing a stranger has done for you?"),
    N_("If you could learn one skill overnight, what would it be?"),
    N_("What small thing made you smile this week?"),
    N_("What is a question that you wish people asked you?"),
    N_("Your laugh makes the whole room lighter."),
    N_("What did you believe ten years ago that you no longer do?"),
    N_("What is the best advice you ever ignored?"),
    N_("Which place feels most like home to you?"),
    N_("What are you looking forward to?"),
    N_("What could I do better when we work together?"),
    N_("Tell me about a mistake that turned out well."),
    N_("I like how you listen before you speak."),
    N_("What would your perfect Sunday look like?"),
    N_("What is something everyone should try once?"),
    N_("Who would you like to thank, and for what?"),
    N_("What is harder than people think about what you do?"),
    N_("Keep going. It is better than you think it is."),
    N_("What have you changed your mind about lately?"),
    N_("Which of your habits would you recommend?"),
)
SHOWN = 3


def some(*, instead_of: Sequence[str] = ()) -> list[str]:
    """Return three suggestions, none of which is already on screen."""
    fresh = [sentence for sentence in BANK if sentence not in instead_of]
    return secrets.SystemRandom().sample(fresh, SHOWN)
