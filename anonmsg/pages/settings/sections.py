"""Building blocks of the settings page: sections, forms and the list of browsers."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import button, submit
from anonmsg.components.fields import Text, errors_for
from anonmsg.components.links import link
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.public import BrowserSession


def section_links(headings: dict[str, str]) -> rx.Component:
    """Render the links to the groups; the script marks the one that is being read.

    Args:
        headings: The heading of each group, by its fragment.
    """
    return rx.el.nav(
        *(link(heading, href=f"#{name}") for name, heading in headings.items()),
        aria_label=_("Settings"),
        data_sections="true",
        class_name="sections",
    )


def group(name: str, heading: str, *sections: rx.Component) -> rx.Component:
    """Render a group of sections, which `/settings#<name>` opens.

    Args:
        name: The group's fragment.
        heading: The group's heading.
        *sections: The sections.
    """
    return rx.el.div(
        rx.el.h2(heading, id=f"{name}-heading", tab_index=-1, class_name="title"),
        rx.el.div(*sections, class_name="card"),
        id=name,
        class_name="setting-group",
    )


def section(
    name: str,
    heading: str | None,
    *parts: rx.Component,
    hint: Text | rx.Component | None = None,
) -> rx.Component:
    """Render a section of the settings page.

    Args:
        name: The prefix of the section's ids.
        heading: The section's heading; None for the first section of a group with this
            name, whose heading is enough.
        *parts: The section's content.
        hint: A sentence below the heading.
    """
    own = rx.el.h3(heading, id=f"{name}-heading", tab_index=-1, class_name="setting-name")
    return rx.el.section(
        *([own] if heading else []),
        *([rx.el.p(hint, class_name="soft")] if hint is not None else []),
        *parts,
        aria_labelledby=f"{name}-heading",
        class_name="setting",
    )


def settings_form(
    name: str,
    *fields: rx.Component,
    label: str,
    state: Any,
    on_submit: Any,
    kind: str = "quiet",
    end: rx.Component | None = None,
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
        end: What stands in the place of the button and the result, if not `form_end`.
        **props: Attributes of the form.
    """
    return post_form(
        *fields,
        errors_for("form", state.errors[f"{name}.form"], of=f"{name}-form"),
        end or form_end(name, label, state=state, kind=kind),
        id=f"{name}-settings",
        on_submit=on_submit,
        **props,
    )


def form_end(
    name: str, label: str, *, state: Any, kind: str = "quiet", **props: Any
) -> rx.Component:
    """Render a form's button, and beside it what was done.

    Args:
        name: The form's name.
        label: What the button does.
        state: The `SettingFormState` that handles the form.
        kind: The button's kind.
        **props: Attributes of the button.
    """
    return rx.el.div(
        submit(label, busy=is_busy(state, name), kind=kind, **props),
        rx.el.p(state.said[name], role="status", class_name="done"),
        class_name="setting-end",
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
                    rx.el.time(session.last_used, date_time=session.used_on, title=session.used_on),
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
