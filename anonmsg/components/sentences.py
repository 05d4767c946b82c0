"""Sentences that an element stands in, such as somebody's name in a heading.

A language puts the place where its grammar wants it, so no sentence is glued
from pieces. What only a Var fills needs nothing of this: `_("Now: {name}").format(name=...)`.
"""

from __future__ import annotations

from string import Formatter

import reflex as rx


def with_elements(sentence: str, **elements: rx.Component) -> list[str | rx.Component]:
    """The children that say a sentence, each place in braces taken by its element.

    Args:
        sentence: Translated already, such as `_("Send {name} a message")`.
        **elements: What stands in its places, by their names.

    Raises:
        KeyError: the sentence has a place that nothing is given for.
    """
    children: list[str | rx.Component] = []
    for words, place, _spec, _conversion in Formatter().parse(sentence):
        children += [words] if words else []
        children += [elements[place]] if place is not None else []
    return children
