"""An inbox to try: what somebody types, or what is plainly an example, as it would arrive."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.slots import slot
from anonmsg.locale import _

# How many notes are in view at once; they are repeated at the end of the list
# so that it can start over without a jump.
IN_VIEW = 4
LONGEST = 1000


def _samples() -> list[str]:
    return [
        _("Your talk on Tuesday made me apply for the job. I start in May."),
        _("The soup was too salty. Everything else was the best meal I had this year."),
        _("You interrupt people in meetings. I think you do not notice."),
        _("Whoever you are to others: you were kind to me in ninth grade."),
        _("Please never stop playing the piano with the window open."),
    ]


def _from(*after: rx.Component) -> rx.Component:
    """The line that would name the sender."""
    return rx.el.p(rx.el.span(_("From")), rx.el.span(class_name="blank"), *after, class_name="from")


def _note(text: str, *, repeated: bool = False) -> rx.Component:
    hidden = {"aria_hidden": "true"} if repeated else {}
    return rx.el.li(
        rx.el.div(_from(), rx.el.p(text, class_name="note-text"), class_name="note"),
        class_name="arriving",
        **hidden,
    )


def _pause() -> rx.Component:
    """Pause and play; the stylesheet shows the word that fits."""
    return rx.el.button(
        rx.el.span(_("Pause"), class_name="pause-word"),
        rx.el.span(_("Play"), class_name="play-word"),
        type="button",
        class_name="pause",
        data_pause="example",
        aria_controls="example",
    )


def _box() -> rx.Component:
    """The box to try; it stands in no form and has no handler, so it cannot send."""
    return rx.el.div(
        rx.el.label(_("Try it: nothing is sent."), html_for="try-it", class_name="label"),
        rx.el.textarea(
            id="try-it",
            rows="2",
            dir="auto",
            max_length=LONGEST,
            auto_complete="off",
            placeholder=_("What would you tell someone?"),
            aria_describedby="example-title",
            data_mirror="tried",
            class_name="box",
        ),
        class_name="try-it",
    )


def _tried() -> rx.Component:
    """What the recipient would see; the script fills it, letter by letter."""
    return rx.el.div(
        rx.el.div(
            _from(rx.el.span(_("just now"), class_name="just-now")),
            slot(id="tried", dir="auto", class_name="note-text"),
            class_name="note",
        ),
        role="group",
        aria_label=_("What they would see"),
        tab_index=0,
        class_name="tried",
    )


def _ticker() -> rx.Component:
    samples = _samples()
    return rx.el.div(
        rx.el.ul(
            *(_note(text) for text in samples),
            *(_note(text, repeated=True) for text in samples[:IN_VIEW]),
            class_name="ticker",
        ),
        class_name="ticker-window",
    )


def example_inbox() -> rx.Component:
    """A box to try, and below it the inbox it would arrive in.

    Until something is typed the inbox holds examples: made up by us, and said so.
    """
    return rx.el.section(
        _box(),
        rx.el.div(
            rx.el.h2(
                rx.el.span(_("Example"), class_name="tag until-tried"),
                rx.el.span(_("What they would see"), class_name="tag once-tried"),
                id="example-title",
            ),
            _pause(),
            class_name="example-head",
        ),
        _ticker(),
        _tried(),
        id="example",
        aria_labelledby="example-title",
        class_name="example",
    )
