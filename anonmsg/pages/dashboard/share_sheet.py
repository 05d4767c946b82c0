"""The sheet of ways to share an owner's link.

Each service is a plain link to another site: nothing from those sites is loaded here.
"""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import button
from anonmsg.components.fields import Text, errors_for
from anonmsg.components.icons import CHEVRON, CLOSE, PHONE, QR, SHARE, icon
from anonmsg.components.links import link as plain_link
from anonmsg.components.post_form import post_form
from anonmsg.components.sentences import UNTRANSLATED
from anonmsg.components.service_marks import mark, mark_of
from anonmsg.components.slots import slot
from anonmsg.locale import _
from anonmsg.public import ShareTarget

ELSEWHERE = {"target": "_blank", "rel": "noopener noreferrer"}


def share_buttons(*, link: Text, text: Text) -> rx.Component:
    """Render **Share**, which opens the device's share sheet, and the button that opens ours.

    Args:
        link: The absolute link.
        text: A suggested text to share with it.
    """
    return rx.fragment(
        button(_("Share"), kind="quiet", outline=SHARE, data_share=link, data_share_text=text),
        # On devices without a share sheet, **Share** opens this one, so this button is hidden.
        button(
            _("QR code and story"),
            kind="quiet",
            outline=QR,
            data_open_dialog="share-sheet",
            class_name="share-more",
        ),
    )


def share_sheet(
    *,
    name: Text,
    link: Text,
    title: Text,
    picture: Text,
    targets: list[ShareTarget] | rx.Var[list[ShareTarget]],
) -> rx.Component:
    """Render what people will see, and the ways to share a link: services and pictures.

    Args:
        name: The owner's username.
        link: The absolute link.
        title: What chats show next to the link.
        picture: The picture next to it, in words.
        targets: The services, each with its address.
    """
    # The pictures' addresses need the name, which isn't there until the state loads.
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2(_("Share your link"), id="share-title", class_name="title"),
            rx.el.button(
                icon(CLOSE),
                type="button",
                aria_label=_("Close"),
                data_close_dialog="true",
                class_name="icon-button icon-button-calm",
            ),
            class_name="sheet-head",
        ),
        rx.cond(name, _preview(name, link, title, picture), rx.fragment()),
        rx.el.div(
            rx.el.ul(rx.foreach(targets, _target), class_name="ways"),
            _mastodon(),
            class_name="services",
        ),
        rx.cond(
            name,
            rx.el.div(_story(name), _code(name), class_name="sheet-pictures"),
            rx.fragment(),
        ),
        id="share-sheet",
        aria_labelledby="share-title",
        custom_attrs={"closedby": "any"},
        class_name="dialog bottom-sheet",
    )


def _preview(name: Text, link: Text, title: Text, picture: Text) -> rx.Component:
    """Render the link as chats show it."""
    return rx.el.figure(
        rx.el.figcaption(_("What people will see"), class_name="hint"),
        rx.el.div(
            rx.el.img(
                src=addresses.public_path(name, addresses.LINK_PREVIEW),
                alt=picture,
                width="1200",
                height="630",
                loading="lazy",
                class_name="link-card-picture",
            ),
            rx.el.div(
                rx.el.p(title, dir="auto", class_name="link-card-title"),
                rx.el.p(link, dir="ltr", custom_attrs=UNTRANSLATED, class_name="hint"),
                class_name="link-card-words",
            ),
            class_name="link-card",
        ),
    )


def _target(way: ShareTarget) -> rx.Component:
    return rx.el.li(
        plain_link(
            mark_of(way.service),
            rx.el.span(way.name),
            href=way.address,
            class_name="button button-quiet way",
            **ELSEWHERE,
        )
    )


def _mastodon() -> rx.Component:
    """Render a field for the server, because Mastodon has no single address to share to."""
    return rx.el.details(
        rx.el.summary(
            mark("mastodon"),
            rx.el.span(_("Share on Mastodon")),
            icon(CHEVRON, "fold-mark"),
            class_name="button button-quiet way-row",
        ),
        _server(),
        class_name="folded",
    )


def _server() -> rx.Component:
    return post_form(
        rx.el.label(_("Your Mastodon server"), html_for="server", class_name="label"),
        rx.el.div(
            rx.el.input(
                id="server",
                name="server",
                placeholder="mastodon.social",
                dir="ltr",
                auto_complete="off",
                auto_capitalize="none",
                spell_check=False,
                input_mode="url",
                aria_describedby="server-error",
                class_name="box",
            ),
            rx.el.button(_("Mastodon"), type="submit", class_name="button button-quiet"),
            class_name="server-row",
        ),
        errors_for("server"),
        custom_attrs={"data-mastodon": "true"},
        class_name="field",
    )


def _story(name: Text) -> rx.Component:
    """Render the picture for stories, and the button that shares or saves it."""
    address = addresses.public_path(name, addresses.STORY)
    return rx.el.div(
        rx.el.img(
            src=address,
            alt=_("Your story image"),
            width="1080",
            height="1920",
            loading="lazy",
            class_name="story-picture",
        ),
        rx.el.div(
            rx.el.p(_("For Instagram, Snapchat or your WhatsApp status."), class_name="hint"),
            button(
                _("Story image"),
                kind="quiet",
                outline=PHONE,
                data_story=address,
                data_file_name=f"anonmsg-{name}-story.png",
            ),
            slot(role="status", class_name="said", data_story_said="true"),
            class_name="story-words",
        ),
        class_name="story-row",
    )


def _code(name: Text) -> rx.Component:
    svg, png, poster = (
        addresses.public_path(name, each)
        for each in (addresses.QR_SVG, addresses.QR_PNG, addresses.POSTER)
    )
    return rx.el.div(
        rx.el.img(
            src=svg,
            alt=_("QR code for your link"),
            width="168",
            height="168",
            loading="lazy",
            class_name="code",
        ),
        rx.el.div(
            _file(_("QR code (PNG)"), f"{png}?size=1024", f"anonmsg-{name}"),
            _file(_("QR code (SVG)"), svg, f"anonmsg-{name}"),
            plain_link(_("Printable poster"), href=poster, class_name="link link-row", **ELSEWHERE),
            class_name="code-links",
        ),
        class_name="code-row",
    )


def _file(label: str, address: Text, name: Text) -> rx.Component:
    return plain_link(label, href=address, download=name, class_name="link link-row")
