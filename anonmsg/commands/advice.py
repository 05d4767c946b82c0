"""Plain advice for a test email that couldn't be sent."""

from __future__ import annotations

from anonmsg.config import Settings
from anonmsg.mail.mailer import Trouble

BY_SMTP = {
    Trouble.UNREACHABLE: "The mail server {server} isn't answering. Check the host and port in "
    "SMTP_URL: smtps:// usually means port 465, smtp:// port 587. If they're right, a firewall may "
    "be in the way. Many hosting providers block outgoing email until you ask them not to.",
    Trouble.SILENT: "The mail server {server} accepted the connection and then stopped answering. "
    "Try again. If it keeps happening, check that the server accepts email on this port.",
    Trouble.NO_ENCRYPTION: "TLS couldn't be set up, so neither the password nor the email was "
    "sent. Use smtps:// for port 465, smtp:// for ports 587 and 25.",
    Trouble.UNTRUSTED: "The mail server {server} couldn't prove its identity, so neither the "
    "password nor the email was sent. Use the exact name on its certificate. If the certificate "
    "is from your own authority, set SSL_CERT_FILE to a file with that authority's certificate.",
    Trouble.SIGN_IN: "The mail server rejected the sign-in. Check the user and password in "
    "SMTP_URL: the server may require them, characters such as @ : / # ? and % must be "
    "percent-encoded, and many services want an app password.",
    Trouble.SENDER: "The mail server doesn't let this user send from {sender}. Set MAIL_FROM to "
    "an address this user owns, or allow the address in your email service's settings.",
    Trouble.RECIPIENT: "The mail server doesn't accept email for this address. If the address is "
    "right, the server may only relay for signed-in users: add user:password@ to SMTP_URL.",
    Trouble.CONTENT: "The mail server read the email and rejected it. Its log says why. Often SPF "
    "or DKIM is missing for the domain of {sender}.",
    Trouble.TOO_OFTEN: "The mail server's sending limit has been reached. Wait, or raise it.",
    Trouble.THEIRS: "The mail server can't take the email right now. Try again in a few minutes; "
    "anonmsg itself retries automatically. If it keeps failing, the server's log says why.",
}
BY_RESEND = {
    Trouble.UNREACHABLE: "{server} can't be reached from here. Check the network, the firewall "
    "and RESEND_API_URL, which is best left unset.",
    Trouble.SIGN_IN: "Resend doesn't know this key, or the key isn't allowed to send. Create one "
    "with sending access at resend.com/api-keys and set RESEND_API_KEY to all of it.",
    Trouble.SENDER: "Resend doesn't let you send from {sender} to this address. Verify the domain "
    "at resend.com/domains. Until then you can only send from onboarding@resend.dev, and only to "
    "your own Resend account's address.",
    Trouble.CONTENT: "Resend rejected the email. Check MAIL_FROM, which is {sender}.",
    Trouble.TOO_OFTEN: "Your Resend account has reached its sending limit. Wait, or upgrade its "
    "plan.",
    Trouble.THEIRS: "Resend is having problems. Try again in a few minutes; anonmsg itself "
    "retries automatically. See resend-status.com.",
}
BY_FOLDER = {
    Trouble.FOLDER: "Can't write to {server}. Run this as the user that runs anonmsg, or make that "
    "user the folder's owner.",
    Trouble.CONTENT: "The email can't be written. Check MAIL_FROM, which is {sender}.",
}


def advice(trouble: Trouble, settings: Settings) -> str:
    """Say what's most likely wrong and how to fix it.

    Args:
        trouble: The kind of failure the mailer reported.
        settings: How email is sent; the advice never includes a secret.
    """
    known = {"smtp": BY_SMTP, "resend": BY_RESEND, "outbox": BY_FOLDER}[settings.transport]
    words = known.get(trouble) or known.get(Trouble.THEIRS) or "There are no further details."
    return words.format(server=_server(settings), sender=settings.mail_from)


def _server(settings: Settings) -> str:
    if settings.transport == "smtp" and settings.smtp is not None:
        return f"{settings.smtp.host}, port {settings.smtp.port},"
    if settings.transport == "resend":
        return settings.resend_api_url
    return str(settings.data_dir / "outbox")
