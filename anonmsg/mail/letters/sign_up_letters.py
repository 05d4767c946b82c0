"""The emails about a sign-up."""

from __future__ import annotations

from anonmsg.locale import _, ngettext
from anonmsg.mail.layout import Button, Digits, Paragraph, Sheet
from anonmsg.mail.letters.letter import Letter, footer, footer_for_an_owner, or_copy, written


def verification(*, to: str, username: str, code: str, link: str, minutes: int = 15) -> Letter:
    """Write the email with the six-digit code that completes a sign-up.

    The subject starts with the code: it's what people look for in their inbox,
    and email clients don't group emails with different subjects into a thread.

    Args:
        to: The address that someone entered.
        username: The username they chose.
        code: Six digits.
        link: The page to use instead of the code.
        minutes: How long both are valid, from the time of sending.
    """
    life = ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hello = _("Hi {username}, enter this code to finish signing up:")
    sheet = Sheet(
        headline=_("Your verification code"),
        preheader=_("Enter it within {life} to finish signing up.").format(life=life),
        parts=(
            Paragraph(hello.format(username=username)),
            Digits(code),
            Paragraph(_("It works once, for {life}. Or use this link instead:").format(life=life)),
            Button(_("Verify your account"), link, or_copy()),
            _if_you_did_not_sign_up(),
        ),
        footer=footer(
            link,
            _("You're receiving this email because someone signed up with this address at {site}."),
        ),
    )
    return written(to, _("{code} is your anonmsg code").format(code=code), sheet)


def already_registered(*, to: str, username: str, sign_in_url: str) -> Letter:
    """Tell an owner that someone tried to sign up with their address."""
    what = _(
        "Hi {username}, someone tried to sign up with this email. It already belongs "
        "to your account, so no new account was made and nothing has changed."
    )
    if_you = _("If this was you, sign in with the username {username}:")
    if_not_you = _(
        "If this wasn't you, there's nothing to do. They couldn't get into your "
        "account and weren't told that you have one."
    )
    sheet = Sheet(
        headline=_("You already have an account"),
        preheader=_("Someone tried to sign up with your email. Nothing has changed."),
        parts=(
            Paragraph(what.format(username=username)),
            Paragraph(if_you.format(username=username)),
            Button(_("Sign in"), sign_in_url, or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=footer_for_an_owner(sign_in_url),
    )
    return written(to, _("You already have an anonmsg account"), sheet)


def _if_you_did_not_sign_up() -> Paragraph:
    words = _(
        "If you didn't sign up, ignore this email. Without the code, nobody can open "
        "an account with your address. Don't share this code. We'll never ask for it."
    )
    return Paragraph(words, quiet=True)
