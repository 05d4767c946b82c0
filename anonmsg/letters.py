"""The wording of every mail.

A mail says what happened, what to do, and what to do if it was not you. It
never holds a message of somebody's inbox, and nothing in it reports back that
it was read.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self
from urllib.parse import urlsplit

from anonmsg.letterhead import Button, Digits, Paragraph, Sheet, one_line
from anonmsg.locale import _, ngettext


@dataclass(frozen=True, repr=False)
class Letter:
    """One mail to one person; not shown by repr, so that no log ever holds a code."""

    to: str
    subject: str
    text: str
    html: str

    def __post_init__(self) -> None:
        """Refuse a header of several lines, which could smuggle in another one."""
        if one_line(self.subject) != self.subject or one_line(self.to) != self.to:
            raise ValueError("the address and the subject of a mail are one line each")

    def to_json(self) -> str:
        """The mail as it waits in the outbox."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The mail that `to_json` made."""
        return cls(**json.loads(text))


def verification(*, to: str, username: str, code: str, link: str, minutes: int = 15) -> Letter:
    """Write the mail with the six digits that finish a sign-up.

    The code opens the subject: it is what people look for in a list of mails,
    and mail programs do not fold two mails with different subjects into one.

    Args:
        to: The address that somebody entered.
        username: The name that they chose.
        code: Six digits.
        link: The page that takes their place.
        minutes: How long both live, counted from the sending.
    """
    life = ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hello = _("Hello {username}, enter this code to finish your sign-up:")
    sheet = Sheet(
        headline=_("Your verification code"),
        preheader=_("Enter it within {life} to finish your sign-up.").format(life=life),
        parts=(
            Paragraph(hello.format(username=username)),
            Digits(code),
            Paragraph(_("It works once, for {life}. Or use the link instead:").format(life=life)),
            Button(_("Verify your account"), link, _or_copy()),
            _if_you_did_not_sign_up(),
        ),
        footer=_footer(
            link, _("You get this mail because of a sign-up with this address at {site}.")
        ),
    )
    return _letter(to, _("{code} is your anonmsg code").format(code=code), sheet)


def already_registered(*, to: str, username: str, sign_in_url: str) -> Letter:
    """Tell an owner that somebody tried to sign up with their address."""
    what = _(
        "Hello {username}, somebody tried to sign up with this email address. It already "
        "belongs to your account, so no new one was made and nothing has changed."
    )
    if_you = _("If it was you, sign in with the username {username}:")
    if_not_you = _(
        "If it was not you, there is nothing to do: whoever it was could not get into your "
        "account, and was not told that you have one."
    )
    sheet = Sheet(
        headline=_("You already have an account"),
        preheader=_("Somebody tried to sign up with your address. Nothing has changed."),
        parts=(
            Paragraph(what.format(username=username)),
            Paragraph(if_you.format(username=username)),
            Button(_("Sign in"), sign_in_url, _or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=_footer_for_an_owner(sign_in_url),
    )
    return _letter(to, _("You already have an anonmsg account"), sheet)


def refresh_reuse(*, to: str, username: str, sign_in_url: str) -> Letter:
    """Tell an owner that a used-up sign-in key came back, and what was done."""
    what = _(
        "Hello {username}, an old sign-in key of your account was used again. Each key works "
        "once, so somebody may have copied it from one of your devices. To be safe, we "
        "signed that browser out."
    )
    sheet = Sheet(
        headline=_("We signed one of your browsers out"),
        preheader=_("An old sign-in key of your account was used again."),
        parts=(
            Paragraph(what.format(username=username)),
            _it_may_be_harmless(),
            Button(_("Sign in"), sign_in_url, _or_copy()),
            _if_you_restored_nothing(),
        ),
        footer=_footer_for_an_owner(sign_in_url),
    )
    return _letter(to, _("We signed one of your browsers out"), sheet)


def test_mail(*, to: str, site: str) -> Letter:
    """Write the mail that an operator sends to see whether mail arrives.

    It has all that the others have, a button included, so that what a mail
    program makes of it holds for them too.

    Args:
        to: The operator's address.
        site: The address of the site.
    """
    what = _(
        "This mail was sent by the command check-config of your anonmsg. That you can read it "
        "means that codes and notices can reach people in the same way."
    )
    look = _(
        "If it was in the spam folder, theirs will be too. Look whether SPF, DKIM and DMARC are "
        "set up for the domain that this mail comes from."
    )
    sheet = Sheet(
        headline=_("Your mail works"),
        preheader=_("A test that you asked for. Nothing else is to be done."),
        parts=(
            Paragraph(what),
            Paragraph(look),
            Button(_("Open your site"), site, _or_copy()),
            Paragraph(_("If you did not ask for it, you can ignore this mail."), quiet=True),
        ),
        footer=_footer(site, _("You get this mail because somebody who runs {site} tested it.")),
    )
    return _letter(to, _("A test mail from your anonmsg"), sheet)


def _if_you_did_not_sign_up() -> Paragraph:
    words = _(
        "If you did not sign up, you can ignore this mail: without the code, nobody can open an "
        "account with your address. Do not pass the code on; we never ask you for it by "
        "mail, phone or chat."
    )
    return Paragraph(words, quiet=True)


def _it_may_be_harmless() -> Paragraph:
    return Paragraph(
        _(
            "It can also be harmless, for example after a browser was restored from a backup. "
            "Either way, please sign in again:"
        )
    )


def _if_you_restored_nothing() -> Paragraph:
    words = _(
        "If you restored nothing, look at the devices you sign in from: update the browser, "
        "remove extensions that you do not know, and sign out on devices that you share. "
        "The key did not give your password away."
    )
    return Paragraph(words, quiet=True)


def _letter(to: str, subject: str, sheet: Sheet) -> Letter:
    return Letter(to, one_line(subject), sheet.as_text(), sheet.as_html())


def _or_copy() -> str:
    return _("If the button does not work, open this address:")


def _footer_for_an_owner(link: str) -> str:
    return _footer(link, _("You get this mail because you have an account at {site}."))


def _footer(link: str, why: str) -> str:
    return why.format(site=urlsplit(link).netloc)
