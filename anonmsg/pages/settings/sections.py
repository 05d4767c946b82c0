"""Building blocks of the settings page: sections, forms and the list of browsers."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import button, submit
from anonmsg.components.fields import Text, errors_for
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.public import BrowserSession


def section(
    name: str, heading: str, *parts: rx.Component, hint: Text | rx.Component | None = None
) -> rx.Component:
    """Render a section of the settings page.

    Args:
        name: The prefix of the section's ids.
        heading: The section's heading.
        *parts: The section's content.
        hint: A sentence below the heading.
    """
    return rx.el.section(
        rx.el.h2(heading, id=f"{name}-heading", tab_index=-1, class_name="title"),
        *([rx.el.p(hint, class_name="soft")] if hint is not None else []),
        *parts,
        aria_labelledby=f"{name}-heading",
        class_name="card setting",
    )


def settings_form(
    name: str,
    *fields: rx.Component,
    label: str,
    state: Any,
    on_submit: Any,
    kind: str = "primary",
    **props: Any,
) -> rx.Component:
    """Render a section's form, which shows the result next to its button.

    Args:
        name: The form's name, and the prefix of its ids.
        *fields: The form's fields.
        label: What the button does.
        state: The `SettingFormState` that handles the form.
        on_submit: The handler that receives the form.
        kind: The button's kind: "primary", "quiet" or "danger".
        **props: Attributes of the form.
    """
    return post_form(
        *fields,
        errors_for("form", state.errors[f"{name}.form"], of=f"{name}-form"),
        rx.el.div(
            submit(label, busy=is_busy(state, name), kind=kind),
            rx.el.p(state.said[name], role="status", class_name="done"),
            class_name="setting-end",
        ),
        id=f"{name}-settings",
        on_submit=on_submit,
        **props,
    )


def is_busy(state: Any, name: str) -> Any:
    """Return whether a form on the settings page is waiting for its answer.

    Args:
        state: The `SettingFormState` that handles the form.
        name: The form's name.
    """
    return state.busy & (state.form == name)


def session_list(
    sessions: list[BrowserSession] | rx.Var[list[BrowserSession]], *, on_end: Any
) -> rx.Component:
    """Render the signed-in browsers, each of the others with a sign-out button.

    Args:
        sessions: The sessions, the current one first.
        on_end: The handler that receives the form, with its `session`.
    """
    return rx.el.ul(
        rx.foreach(sessions, lambda each: _session(each, on_end)), class_name="sessions"
    )


def _session(session: Any, on_end: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.cond(session.label, session.label, _("A browser")), class_name="session-name"
            ),
            rx.el.p(
                rx.cond(
                    session.is_this,
                    _("This browser"),
                    _("Last used {day}").format(day=session.used_on),
                ),
                class_name="hint",
            ),
            class_name="min-w-0",
        ),
        rx.cond(
            session.is_this,
            rx.fragment(),
            rx.el.form(
                rx.el.input(type="hidden", name="session", value=session.id),
                button(
                    _("Sign out"),
                    kind="quiet",
                    type="submit",
                    aria_label=_("Sign out of {browser}").format(browser=session.label),
                ),
                method="post",
                on_submit=on_end,
            ),
        ),
        key=session.id,
        class_name="session",
    )
