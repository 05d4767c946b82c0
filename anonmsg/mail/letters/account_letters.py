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
        "Hi {username}, you asked to use this email for your account. To confirm, open "
        "this link and press the button. It works once, for {life}:"
    )
    if_not_you = _(
        "If you didn't ask for this, ignore this email. Nothing changes without the link."
    )
    sheet = Sheet(
        headline=_("Confirm your new email"),
        preheader=_("Press the button within {life} to use this email.").format(life=life),
        parts=(
            Paragraph(what.format(username=username, life=life)),
            Button(_("Confirm this email"), link, or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=footer(
            link,
            _("You're receiving this email because someone asked to use this address at {site}."),
        ),
    )
    return written(to, _("Confirm your new email"), sheet)


def email_changed(*, to: str, username: str, link: str, days: int) -> Letter:
    """Tell the old address that the account has a new one, and how to undo that."""
    life = ngettext("{n} day", "{n} days", days).format(n=days)
    what = _(
        "Hi {username}, your account now uses a different email, and we won't send "
        "anything more to this one. If this was you, there's nothing to do."
    )
    if_not_you = _(
        "If this wasn't you, undo it now. That brings this address back and signs you "
        "out everywhere. Then choose a new password. The link works for {life}:"
    )
    sheet = Sheet(
        headline=_("Your email was changed"),
        preheader=_("If this wasn't you, you can undo it for {life}.").format(life=life),
        parts=(
            Paragraph(what.format(username=username)),
            Paragraph(if_not_you.format(life=life)),
            Button(_("Undo the change"), link, or_copy()),
        ),
        footer=footer_for_an_owner(link),
    )
    return written(to, _("Your email was changed"), sheet)


def reset_password(*, to: str, username: str, link: str, minutes: int) -> Letter:
    """Write the email with the password reset link.

    Args:
        to: The account's address.
        username: The account's username.
        link: The page for choosing a new password.
        minutes: How long the link is valid, from the time of the request.
    """
    life = ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hello = _("Hi {username}, someone asked for a new password for your account.")
    works = _("This link works once, for {life}. Choose your new password:")
    if_not_you = _(
        "If this wasn't you, ignore this email. Your password stays the same. Don't "
        "share this link. We'll never ask for it."
    )
    sheet = Sheet(
        headline=_("Choose a new password"),
        preheader=_("This link works once, for {life}.").format(life=life),
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
        "Hi {username}, your password was just changed, and every other browser was "
        "signed out. If this was you, there's nothing to do."
    )
    if_not_you = _(
        "If this wasn't you, someone knows your old password or can read your email. "
        "Change your email account's password first, then choose a new one here:"
    )
    sheet = Sheet(
        headline=_("Your password was changed"),
        preheader=_("If this was you, there's nothing to do."),
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
        "Hi {username}, you asked us to delete your account. On {when} it's "
        "permanently deleted, with every message in it. Your page is closed, and "
        "you're signed out everywhere."
    )
    if_not_you = _(
        "If this wasn't you, sign in now, keep the account and change your password. "
        "Whoever asked for this knew it."
    )
    sheet = Sheet(
        headline=_("Your account will be deleted"),
        preheader=_("Sign in before {when} if you change your mind.").format(when=when),
        parts=(
            Paragraph(what.format(username=username, when=when)),
            Paragraph(_("If you change your mind, sign in before then:")),
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
        "Hi {username}, you chose to keep your account, so we won't delete it. Your page is "
        "open again, and your messages are all there."
    )
    if_not_you = _(
        "If this wasn't you, someone knows your password. Choose a new one, which "
        "signs out every other browser. Then delete the account again if you like."
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
