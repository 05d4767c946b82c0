"""Translated sentences that contain an element, such as a name in a heading.

Each language puts the placeholder where its grammar needs it, so no sentence is
concatenated from pieces. A Var needs only `_("Now: {name}").format(name=...)`.
"""

from __future__ import annotations

from string import Formatter

import reflex as rx

# For names, codes and addresses, which no translator may change. It's an attribute of
# its own because Reflex would turn a `translate` argument into a style.
UNTRANSLATED = {"translate": "no"}


def with_elements(sentence: str, **elements: rx.Component) -> list[str | rx.Component]:
    """Return a sentence as children, with an element for each placeholder.

    Args:
        sentence: The translated sentence, such as `_("Send {name} a message")`.
        **elements: The elements, by the names of their placeholders.

    Raises:
        KeyError: If a placeholder has no element.
    """
    children: list[str | rx.Component] = []
    for words, place, _spec, _conversion in Formatter().parse(sentence):
        children += [words] if words else []
        children += [elements[place]] if place is not None else []
    return children
