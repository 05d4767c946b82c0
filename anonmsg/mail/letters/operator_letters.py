"""The email that an operator sends to test delivery."""

from __future__ import annotations

from anonmsg.locale import _
from anonmsg.mail.layout import Button, Paragraph, Sheet
from anonmsg.mail.letters.letter import Letter, footer, or_copy, written


def test_mail(*, to: str, site: str) -> Letter:
    """Write the email that an operator sends to test delivery.

    It has everything the other emails have, including a button, so that they
    will look the same in the client that shows it.

    Args:
        to: The operator's address.
        site: The site's URL.
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
            Button(_("Open your site"), site, or_copy()),
            Paragraph(_("If you did not ask for it, you can ignore this mail."), quiet=True),
        ),
        footer=footer(site, _("You get this mail because somebody who runs {site} tested it.")),
    )
    return written(to, _("A test mail from your anonmsg"), sheet)
