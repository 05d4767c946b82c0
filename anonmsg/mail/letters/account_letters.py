"""The emails about a changed or deleted account."""

from __future__ import annotations

from datetime import datetime

from anonmsg.locale import _, date_in_words, ngettext
from anonmsg.mail.layout import Button, Paragraph, Sheet
from anonmsg.mail.letters.letter import Letter, footer, footer_for_an_owner, or_copy, written


def confirm_email(*, to: str, username: str, link: str, minutes: int) -> Letter:
    """Ask the owner of a new address to confirm it for an account."""
    life = ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    what = _(
        "Hello {username}, you asked to use this email address for your account. It becomes "
        "yours there once you open this link and press the button. The link works once, for {life}:"
    )
    if_not_you = _(
        "If you did not ask for it, you can ignore this mail: without the link nothing changes."
    )
    sheet = Sheet(
        headline=_("Confirm your new address"),
        preheader=_("Press the button within {life} to use this address.").format(life=life),
        parts=(
            Paragraph(what.format(username=username, life=life)),
            Button(_("Confirm this address"), link, or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=footer(link, _("You get this mail because of an account at {site}.")),
    )
    return written(to, _("Confirm your new address"), sheet)


def email_changed(*, to: str, username: str, link: str, days: int) -> Letter:
    """Tell the old address that the account has a new one, and how to undo that."""
    life = ngettext("{n} day", "{n} days", days).format(n=days)
    what = _(
        "Hello {username}, your account uses another email address from now on. Nothing more "
        "will be sent to this one. If it was you, there is nothing to do."
    )
    if_not_you = _(
        "If it was not you, undo it now. That puts this address back and signs every browser "
        "out; then choose a new password. The link works for {life}:"
    )
    sheet = Sheet(
        headline=_("Your email address was changed"),
        preheader=_("If it was not you, you can undo it for {life}.").format(life=life),
        parts=(
            Paragraph(what.format(username=username)),
            Paragraph(if_not_you.format(life=life)),
            Button(_("Undo the change"), link, or_copy()),
        ),
        footer=footer_for_an_owner(link),
    )
    return written(to, _("Your email address was changed"), sheet)


def reset_password(*, to: str, username: str, link: str, minutes: int) -> Letter:
    """Write the email with the password reset link.

    Args:
        to: The account's address.
        username: The account's username.
        link: The page for choosing a new password.
        minutes: How long the link is valid, from the time of the request.
    """
    life = ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hello = _("Hello {username}, somebody asked for a new password for your account.")
    works = _("The link works once, for {life}. Choose your new password:")
    if_not_you = _(
        "If it was not you, you can ignore this mail: your password stays as it is. "
        "Do not pass the link on; we never ask you for it by mail, phone or chat."
    )
    sheet = Sheet(
        headline=_("Choose a new password"),
        preheader=_("The link works once, for {life}.").format(life=life),
        parts=(
            Paragraph(hello.format(username=username)),
            Paragraph(works.format(life=life)),
            Button(_("Choose a new password"), link, or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=footer_for_an_owner(link),
    )
    return written(to, _("Choose a new anonmsg password"), sheet)


def password_changed(*, to: str, username: str, forgot_url: str) -> Letter:
    """Tell an owner that the password was changed."""
    what = _(
        "Hello {username}, the password of your account was changed just now, and every other "
        "browser was signed out. If it was you, there is nothing to do."
    )
    if_not_you = _(
        "If it was not you, somebody knows your old password or reads your mail. Change the "
        "password of your mailbox first, and then choose a new one here:"
    )
    sheet = Sheet(
        headline=_("Your password was changed"),
        preheader=_("If it was you, there is nothing to do."),
        parts=(
            Paragraph(what.format(username=username)),
            Paragraph(if_not_you),
            Button(_("Choose a new password"), forgot_url, or_copy()),
        ),
        footer=footer_for_an_owner(forgot_url),
    )
    return written(to, _("Your anonmsg password was changed"), sheet)


def deletion_scheduled(*, to: str, username: str, sign_in_url: str, on: datetime) -> Letter:
    """Tell an owner when their account will be deleted, and how to call that off.

    Args:
        to: The owner's address.
        username: The account's username.
        sign_in_url: Where they sign in, and are asked whether to keep it.
        on: When it will be deleted.
    """
    when = date_in_words(on)
    what = _(
        "Hello {username}, you asked us to delete your account. On {when} it is deleted for good, "
        "with every message in it. Until then nobody can see your page, and every browser is "
        "signed out."
    )
    if_not_you = _(
        "If it wasn't you, sign in now, choose to keep your account, and change your password: "
        "whoever asked for this knew it."
    )
    sheet = Sheet(
        headline=_("Your account will be deleted"),
        preheader=_("Sign in before {when} if you change your mind.").format(when=when),
        parts=(
            Paragraph(what.format(username=username, when=when)),
            Paragraph(_("Sign in before then if you change your mind:")),
            Button(_("Sign in"), sign_in_url, or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=footer_for_an_owner(sign_in_url),
    )
    return written(to, _("Your anonmsg account will be deleted"), sheet)


def deletion_undone(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that their account won't be deleted, because they chose to keep it.

    Args:
        to: The owner's address.
        username: The account's username.
        settings_url: Where they can delete it again.
    """
    what = _(
        "Hello {username}, you chose to keep your account, so we won't delete it. Your page is "
        "open again, and every message is where it was."
    )
    if_not_you = _(
        "If it was not you, somebody knows your password. Choose a new one, which signs every "
        "other browser out, and then delete the account again if you like."
    )
    sheet = Sheet(
        headline=_("Your account stays"),
        preheader=_("You chose to keep it, so we won't delete it."),
        parts=(
            Paragraph(what.format(username=username)),
            Button(_("Open your settings"), settings_url, or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=footer_for_an_owner(settings_url),
    )
    return written(to, _("Your anonmsg account stays"), sheet)
