"""Form fields: a label, an input, a hint and two places for errors."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.slots import slot
from anonmsg.locale import _

Text = str | rx.Var[str]


def errors_for(name: str, error: Text | None = None, *, of: str = "") -> rx.Component:
    """Render a field's errors: one place for the script, one for the state.

    They're separate elements because nothing else may write to text that React
    renders. The stylesheet hides the second while the first has text.

    Args:
        name: The field's name, or "form" for the form as a whole.
        error: The state's error, if a state handles the form.
        of: The field's id, if it differs from its name.
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
    """Render a labelled single-line field.

    Args:
        name: The field's name in the form, and its default id.
        label: The field's accessible name.
        error: The state's error; leave it out if no state handles the form.
        hint: The rule that the value must follow.
        beside: A component inside the box, at its end.
        below: A component below the box that comments on the value as it's typed.
        with_errors: Whether to render the field's errors here too.
        **props: Attributes of the input. Pass an `id` if several forms on the
            page have a field with this name.
    """
    own = props.pop("id", name)
    described_by = [f"{own}-hint"] if hint else []
    box = _box(name, own, error, described_by, props)
    return rx.el.div(
        rx.el.label(label, html_for=own, class_name="label"),
        rx.el.div(box, beside, class_name="box-row") if beside else box,
        *([rx.el.p(hint, id=f"{own}-hint", class_name="hint")] if hint else []),
        *([below] if below else []),
        *([errors_for(name, error, of=own)] if with_errors else []),
        class_name="field",
    )


def _box(
    name: str, own: str, error: Text | None, described_by: list[str], props: dict[str, Any]
) -> rx.Component:
    """Render the input and link it to its hint and errors."""
    described_by = [*described_by, f"{own}-error"]
    if error is not None:
        described_by.append(f"{own}-refusal")
        props["aria_invalid"] = rx.cond(error, "true", "false")
    extra = props.pop("class_name", "")
    return rx.el.input(
        id=own,
        name=name,
        required=props.pop("required", True),
        dir="auto",
        aria_describedby=" ".join(described_by),
        class_name=f"box {extra}".strip(),
        **props,
    )


def password_field(
    label: str, *, autocomplete: str, name: str = "password", **props: Any
) -> rx.Component:
    """Render a password field with a button that reveals the password.

    The button's name doesn't contain the word "password", so only the field
    matches that name.

    Args:
        label: The field's accessible name.
        autocomplete: "new-password" or "current-password".
        name: The field's name in the form.
        **props: Other arguments of `field`.
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
