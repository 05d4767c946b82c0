"""Fields with a few choices: a list to choose from, and a box to tick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import reflex as rx

from anonmsg.components.fields import Text, errors_for


def choice_field(
    name: str,
    label: str,
    choices: Mapping[str, str],
    *,
    value: Text,
    error: Text | None = None,
    hint: str = "",
    container: str = "",
    **props: Any,
) -> rx.Component:
    """Render a labelled list of choices, of which one is chosen.

    Args:
        name: The field's name in the form, and its id.
        label: The field's accessible name.
        choices: What can be chosen, by the value that is sent.
        value: What is chosen now; once it's known, the list is made again with it.
        error: The state's error.
        hint: What follows from it.
        container: Another class of the field.
        **props: Attributes of the list.
    """
    described_by = [*([f"{name}-hint"] if hint else []), f"{name}-error", f"{name}-refusal"]
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="label"),
        rx.el.select(
            *(rx.el.option(words, value=sent) for sent, words in choices.items()),
            id=name,
            name=name,
            default_value=value,
            key=value,
            aria_describedby=" ".join(described_by),
            class_name="box box-choice",
            **props,
        ),
        *([rx.el.p(hint, id=f"{name}-hint", class_name="hint")] if hint else []),
        errors_for(name, error),
        class_name=f"field {container}".strip(),
    )


def tick_field(name: str, label: str, *, ticked: bool | rx.Var[bool], **props: Any) -> rx.Component:
    """Render a box to tick, with its label beside it.

    Args:
        name: The field's name in the form, and its id.
        label: The field's accessible name.
        ticked: Whether it's ticked now; once it's known, the box is made again with it.
        **props: Attributes of the box.
    """
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            id=name,
            name=name,
            default_checked=ticked,
            key=ticked,
            class_name="choice-mark",
            **props,
        ),
        rx.el.span(label),
        html_for=name,
        class_name="choice",
    )
