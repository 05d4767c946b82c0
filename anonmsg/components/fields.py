"""Form fields: a label, a box, a hint, and two places for what is wrong with it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.slots import slot
from anonmsg.locale import _

Text = str | rx.Var[str]


def errors_for(name: str, error: Text | None = None, *, of: str = "") -> rx.Component:
    """What is wrong with a field, by the script first and by a state second.

    Two elements, because React must not share a text with anybody; the
    stylesheet hides the second while the first has something to say.

    Args:
        name: The field's name, or "form" for what concerns all of it.
        error: The state's sentence, where a state answers the form.
        of: The field's id, where that is not its name.
    """
    return rx.el.div(
        slot(
            id=f"{of or name}-error",
            class_name="field-error",
            aria_live="polite",
            data_error_for=name,
        ),
        *(
            []
            if error is None
            else [
                rx.el.p(
                    error,
                    id=f"{of or name}-refusal",
                    class_name="field-error",
                    aria_live="polite",
                )
            ]
        ),
        class_name="field-errors",
    )


def field(
    name: str,
    label: str,
    *,
    error: Text | None = None,
    hint: str = "",
    beside: rx.Component | None = None,
    below: rx.Component | None = None,
    with_errors: bool = True,
    **props: Any,
) -> rx.Component:
    """A labelled one-line field.

    Args:
        name: Its name in the form, and its id.
        label: Its accessible name.
        error: What a state says is wrong; leave it out where no state answers.
        hint: The rule, told before it is broken.
        beside: What stands inside the box, at its end.
        below: What is said about the value while it is typed.
        with_errors: Whether this is also the place of its errors.
        **props: Attributes of the input; an `id` where several forms of the
            page have a field of this name.
    """
    own = props.pop("id", name)
    told = [f"{own}-hint"] if hint else []
    box = _box(name, own, error, told, props)
    return rx.el.div(
        rx.el.label(label, html_for=own, class_name="label"),
        rx.el.div(box, beside, class_name="box-row") if beside else box,
        *([rx.el.p(hint, id=f"{own}-hint", class_name="hint")] if hint else []),
        *([below] if below else []),
        *([errors_for(name, error, of=own)] if with_errors else []),
        class_name="field",
    )


def _box(
    name: str, own: str, error: Text | None, told: list[str], props: dict[str, Any]
) -> rx.Component:
    """The input, tied to everything that is said about it."""
    told = [*told, f"{own}-error"]
    if error is not None:
        told.append(f"{own}-refusal")
        props["aria_invalid"] = rx.cond(error, "true", "false")
    extra = props.pop("class_name", "")
    return rx.el.input(
        id=own,
        name=name,
        required=props.pop("required", True),
        dir="auto",
        aria_describedby=" ".join(told),
        class_name=f"box {extra}".strip(),
        **props,
    )


def password_field(
    label: str, *, autocomplete: str, name: str = "password", **props: Any
) -> rx.Component:
    """A password, with a button that shows what was typed.

    The button's name leaves the word password out, so that one control only
    answers to it.

    Args:
        label: Its accessible name.
        autocomplete: "new-password" or "current-password".
        name: Its name in the form.
        **props: Whatever else a field takes.
    """
    own = props.setdefault("id", name)
    reveal = rx.el.button(
        rx.el.span(_("Show"), class_name="reveal-show"),
        rx.el.span(_("Hide"), class_name="reveal-hide"),
        type="button",
        class_name="reveal",
        data_reveal=own,
        aria_controls=own,
    )
    return field(
        name,
        label,
        type="password",
        auto_complete=autocomplete,
        auto_capitalize="none",
        spell_check=False,
        beside=reveal,
        class_name="box-with-end",
        **props,
    )
