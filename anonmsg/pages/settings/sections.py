"""The sections of the settings page: a heading, a few words, and a form each."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import button, submit
from anonmsg.components.fields import Text, errors_for
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.public import Browser


def section(
    name: str, heading: str, *parts: rx.Component, hint: Text | None = None
) -> rx.Component:
    """A part of the settings page.

    Args:
        name: What its ids begin with.
        heading: What it is about.
        *parts: What stands in it.
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
    """A form of a section, which says below its button what came of it.

    Args:
        name: What its ids begin with.
        *fields: Its fields.
        label: What its button does.
        state: The `SettingFormState` that answers it.
        on_submit: Its handler that gets the form.
        kind: That of its button: "primary", "quiet" or "danger".
        **props: Attributes of the form.
    """
    return post_form(
        *fields,
        errors_for("form", state.errors[f"{name}.form"], of=f"{name}-form"),
        rx.el.div(
            submit(label, busy=awaits(state, name), kind=kind),
            rx.el.p(state.said[name], role="status", class_name="done"),
            class_name="setting-end",
        ),
        id=f"{name}-settings",
        on_submit=on_submit,
        **props,
    )


def awaits(state: Any, name: str) -> Any:
    """Whether a form of the settings waits for its answer.

    Args:
        state: The `SettingFormState` that answers it.
        name: The form's name.
    """
    return state.busy & (state.form == name)


def browser_list(browsers: list[Browser] | rx.Var[list[Browser]], *, on_end: Any) -> rx.Component:
    """Every browser that is signed in, each with a button to end it.

    Args:
        browsers: This one first.
        on_end: The handler that gets the form, with its `browser`.
    """
    return rx.el.ul(
        rx.foreach(browsers, lambda each: _browser(each, on_end)), class_name="browsers"
    )


def _browser(browser: Any, on_end: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.cond(browser.label, browser.label, _("A browser")), class_name="browser-name"
            ),
            rx.el.p(
                rx.cond(
                    browser.is_this,
                    _("This browser"),
                    _("Last used {day}").format(day=browser.used_on),
                ),
                class_name="hint",
            ),
            class_name="min-w-0",
        ),
        rx.cond(
            browser.is_this,
            rx.fragment(),
            rx.el.form(
                rx.el.input(type="hidden", name="browser", value=browser.id),
                button(
                    _("Sign out"),
                    kind="quiet",
                    type="submit",
                    aria_label=_("Sign out of {browser}").format(browser=browser.label),
                ),
                method="post",
                on_submit=on_end,
            ),
        ),
        key=browser.id,
        class_name="browser",
    )
