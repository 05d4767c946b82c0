"""The wording of every mail.

A mail says what happened, what to do, and what to do if it was not you. It
never holds a message of somebody's inbox, and nothing in it reports back that
it was read.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from anonmsg.letterhead import Button, Digits, Paragraph, Sheet, one_line
from anonmsg.locale import _, date_in_words, ngettext


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


def confirm_email(*, to: str, username: str, link: str, minutes: int) -> Letter:
    """Ask at a new address whether it may become an account's own."""
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
            Button(_("Confirm this address"), link, _or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=_footer(link, _("You get this mail because of an account at {site}.")),
    )
    return _letter(to, _("Confirm your new address"), sheet)


def email_changed(*, to: str, username: str, link: str, days: int) -> Letter:
    """Tell the old address that an account has a new one, and how to undo that."""
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
            Button(_("Undo the change"), link, _or_copy()),
        ),
        footer=_footer_for_an_owner(link),
    )
    return _letter(to, _("Your email address was changed"), sheet)


def deletion_scheduled(*, to: str, username: str, sign_in_url: str, on: datetime) -> Letter:
    """Tell an owner when their account will be deleted, and how to keep it.

    Args:
        to: The owner's address.
        username: Whose account it is.
        sign_in_url: Where they keep it by signing in.
        on: When it is deleted.
    """
    when = date_in_words(on)
    what = _(
        "Hello {username}, you asked us to delete your account. On {when} it is deleted for good, "
        "with every message in it. Until then nobody can see your page, and every browser is "
        "signed out."
    )
    if_not_you = _(
        "If it was not you, sign in now, which keeps the account, and then change your password: "
        "whoever asked for this knew it."
    )
    sheet = Sheet(
        headline=_("Your account will be deleted"),
        preheader=_("Sign in before {when} to keep it.").format(when=when),
        parts=(
            Paragraph(what.format(username=username, when=when)),
            Paragraph(_("If you change your mind, sign in before then:")),
            Button(_("Sign in and keep it"), sign_in_url, _or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=_footer_for_an_owner(sign_in_url),
    )
    return _letter(to, _("Your anonmsg account will be deleted"), sheet)


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


def new_sign_in_method(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that signing in takes a second step from now on."""
    what = _(
        "Hello {username}, two-step sign-in was turned on for your account. From now on, signing "
        "in takes your password and a code from your authenticator app. Keep the recovery codes "
        "where you find them without your phone."
    )
    if_not_you = _(
        "If it was not you, somebody knows your password. In a browser that is still signed in, "
        "open the settings, turn two-step sign-in off and change your password at once. If none "
        "is left, write to whoever runs this site."
    )
    headline = _("Two-step sign-in is on")
    return _about_two_steps(to, headline, what.format(username=username), if_not_you, settings_url)


def second_factor_off(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that the password alone signs in again."""
    what = _(
        "Hello {username}, two-step sign-in was turned off for your account. From now on, your "
        "password alone signs in, and the recovery codes do not work any more."
    )
    headline = _("Two-step sign-in is off")
    return _about_two_steps(
        to, headline, what.format(username=username), _if_you_changed_nothing(), settings_url
    )


def new_recovery_codes(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that recovery codes were made anew."""
    what = _(
        "Hello {username}, new recovery codes were made for your account. The old ones do not "
        "work any more."
    )
    headline = _("You have new recovery codes")
    return _about_two_steps(
        to, headline, what.format(username=username), _if_you_changed_nothing(), settings_url
    )


def _about_two_steps(
    to: str, headline: str, what: str, if_not_you: str, settings_url: str
) -> Letter:
    sheet = Sheet(
        headline=headline,
        preheader=_("If it was you, there is nothing to do."),
        parts=(
            Paragraph(what),
            Paragraph(_("If it was you, there is nothing to do.")),
            Paragraph(if_not_you),
            Button(_("Open the settings"), settings_url, _or_copy()),
        ),
        footer=_footer_for_an_owner(settings_url),
    )
    return _letter(to, headline, sheet)


def _if_you_changed_nothing() -> str:
    return _(
        "If it was not you, somebody knows your password. Sign in, change it at once, and set "
        "two-step sign-in up anew."
    )


def reset_password(*, to: str, username: str, link: str, minutes: int) -> Letter:
    """Write the mail with the link to a new password.

    Args:
        to: The account's address.
        username: Whose account it is.
        link: Where the new password is chosen.
        minutes: How long the link lives, counted from the asking.
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
            Button(_("Choose a new password"), link, _or_copy()),
            Paragraph(if_not_you, quiet=True),
        ),
        footer=_footer_for_an_owner(link),
    )
    return _letter(to, _("Choose a new anonmsg password"), sheet)


def password_changed(*, to: str, username: str, forgot_url: str) -> Letter:
    """Tell an owner that the password is another now."""
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
            Button(_("Choose a new password"), forgot_url, _or_copy()),
        ),
        footer=_footer_for_an_owner(forgot_url),
    )
    return _letter(to, _("Your anonmsg password was changed"), sheet)


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
