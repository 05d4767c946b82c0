"""The emails about sign-ins and two-factor sign-in."""

from __future__ import annotations

from anonmsg.locale import _
from anonmsg.mail.layout import Button, Paragraph, Sheet
from anonmsg.mail.letters.letter import Letter, footer_for_an_owner, or_copy, written


def refresh_reuse(*, to: str, username: str, sign_in_url: str) -> Letter:
    """Tell an owner that a spent refresh token was used again, and what we did about it."""
    what = _(
        "Hi {username}, an old sign-in key for your account was used again. Each key "
        "works once, so someone may have copied it from one of your devices. To be "
        "safe, we signed that browser out."
    )
    sheet = Sheet(
        headline=_("We signed one of your browsers out"),
        preheader=_("An old sign-in key for your account was used again."),
        parts=(
            Paragraph(what.format(username=username)),
            _it_may_be_harmless(),
            Button(_("Sign in"), sign_in_url, or_copy()),
            _if_you_restored_nothing(),
        ),
        footer=footer_for_an_owner(sign_in_url),
    )
    return written(to, _("We signed one of your browsers out"), sheet)


def new_sign_in_method(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that two-factor sign-in was turned on."""
    what = _(
        "Hi {username}, two-factor sign-in was turned on for your account. Signing in "
        "now takes your password and a code from your authenticator app. Keep your "
        "recovery codes somewhere other than your phone."
    )
    if_not_you = _(
        "If this wasn't you, someone knows your password. In a browser that's still "
        "signed in, open the settings, turn off two-factor sign-in and change your "
        "password right away. If you're signed out everywhere, contact whoever runs "
        "this site."
    )
    headline = _("Two-factor sign-in is on")
    return _about_two_steps(to, headline, what.format(username=username), if_not_you, settings_url)


def two_factor_off(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that two-factor sign-in was turned off."""
    what = _(
        "Hi {username}, two-factor sign-in was turned off for your account. Signing in "
        "now takes only your password, and your recovery codes no longer work."
    )
    headline = _("Two-factor sign-in is off")
    return _about_two_steps(
        to, headline, what.format(username=username), _if_you_changed_nothing(), settings_url
    )


def new_recovery_codes(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that they have new recovery codes."""
    what = _(
        "Hi {username}, new recovery codes were made for your account. The old ones no longer work."
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
        preheader=_("If this was you, there's nothing to do."),
        parts=(
            Paragraph(what),
            Paragraph(_("If this was you, there's nothing to do.")),
            Paragraph(if_not_you),
            Button(_("Open your settings"), settings_url, or_copy()),
        ),
        footer=footer_for_an_owner(settings_url),
    )
    return written(to, headline, sheet)


def _if_you_changed_nothing() -> str:
    return _(
        "If this wasn't you, someone knows your password. Sign in, change it right "
        "away and set up two-factor sign-in again."
    )


def _it_may_be_harmless() -> Paragraph:
    return Paragraph(
        _(
            "It can also be harmless, for example after you restore a browser from a "
            "backup. Either way, sign in again:"
        )
    )


def _if_you_restored_nothing() -> Paragraph:
    words = _(
        "If you didn't restore anything, check the devices you sign in from. Update "
        "the browser, remove extensions you don't know, and sign out on shared "
        "devices. The key doesn't reveal your password."
    )
    return Paragraph(words, quiet=True)
