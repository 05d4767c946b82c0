"""Explains in a few words why a mail server refused an email, without quoting the server."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl

from anonmsg.mail.delivery_errors import MailRefused, Trouble

# RFC 3463: a reply's class, subject and detail; digits only.
ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?= |$)")
STAGES = {
    "STARTTLS": Trouble.NO_ENCRYPTION,
    "AUTH": Trouble.SIGN_IN,
    "MAIL": Trouble.SENDER,
    "RCPT": Trouble.RECIPIENT,
    "DATA": Trouble.CONTENT,
}
# "Authentication required", "mechanism too weak", "invalid credentials" and "encryption
# required for authentication", which can come at any stage.
WANTS_A_SIGN_IN = {530, 534, 535, 538}
# RFC 3463: x.1 is about addresses, these of the sender's, and x.2 about the mailbox. The
# other subjects, such as x.7 for policy, are for the operator to mend.
ABOUT_THE_SENDER = {b"7", b"8"}
# RFC 5321 and 7504: no such mailbox, not local, no such name, takes no email at all.
NO_SUCH_MAILBOX = {550, 551, 553, 556}
# A bare 550 also says these, which are about our own server or its reputation.
POLICY = re.compile(
    rb"relay|polic|den(?:y|ied)|block|black|spam|reputation|authenti|permit|prohibit|too many",
    re.IGNORECASE,
)
# OpenSSL's codes for the most common certificate errors.
NOT_TRUSTED = {
    10: ": it has expired",
    18: ": the server signed it itself",
    62: ": it is for another name",
    64: ": it is for another address",
}


def why(error: Exception, stage: str) -> MailRefused:
    """Turn an exception from the library into a refusal.

    Args:
        error: The exception, whose text may contain addresses.
        stage: The SMTP stage it was raised in.
    """
    if isinstance(error, ssl.SSLError):
        return _no_tls(error)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        # The library also reports a timeout as "disconnected".
        return _silent(stage) if isinstance(error.__context__, TimeoutError) else _gone(stage)
    if isinstance(error, TimeoutError):
        return _silent(stage)
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error, stage)
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        found_no_name = isinstance(error, socket.gaierror)
        reason = (
            "the server's name is not known" if found_no_name else error.strerror or "no reason"
        )
        return MailRefused(f"SMTP: could not connect ({reason})", Trouble.UNREACHABLE)
    return _impossible(stage)


def _no_tls(error: ssl.SSLError) -> MailRefused:
    if isinstance(error, ssl.SSLCertVerificationError):
        more = NOT_TRUSTED.get(error.verify_code, "")
        return MailRefused(f"SMTP: TLS certificate not trusted{more}", Trouble.UNTRUSTED)
    return MailRefused("SMTP: no TLS could be agreed on", Trouble.NO_ENCRYPTION)


def _silent(stage: str) -> MailRefused:
    if stage == "connecting":
        return MailRefused("SMTP: could not connect (no answer in time)", Trouble.UNREACHABLE)
    return MailRefused(f"SMTP: no answer to {stage} in time", Trouble.SILENT)


def _gone(stage: str) -> MailRefused:
    when = "after connecting" if stage == "connecting" else f"at {stage}"
    return MailRefused(f"SMTP: the server hung up {when}", Trouble.SILENT)


def _answered(error: smtplib.SMTPResponseException, stage: str) -> MailRefused:
    code = error.smtp_code
    if not 200 <= code <= 599:
        return MailRefused(f"SMTP: an answer to {stage} that cannot be read")
    said = error.smtp_error if isinstance(error.smtp_error, bytes) else b""
    enhanced = ENHANCED.match(said)
    more = f" ({enhanced[0].decode()})" if enhanced else ""
    reason = f"SMTP answered {code} to {stage}{more}"
    if code in WANTS_A_SIGN_IN:
        return MailRefused(reason, Trouble.SIGN_IN)
    trouble = STAGES.get(stage, Trouble.THEIRS) if code >= 500 else Trouble.THEIRS
    is_final = trouble is Trouble.RECIPIENT and _is_about_the_address(code, enhanced, said)
    return MailRefused(reason, trouble, is_final=is_final)


def _is_about_the_address(code: int, enhanced: re.Match[bytes] | None, said: bytes) -> bool:
    """Return whether a refused RCPT is about this address, and not about us or the server."""
    if enhanced:
        _, subject, detail = enhanced[0].split(b".")
        return subject == b"2" or (subject == b"1" and detail not in ABOUT_THE_SENDER)
    return code in NO_SUCH_MAILBOX and not POLICY.search(said)


def _impossible(stage: str) -> MailRefused:
    """Return the refusal for something that the server doesn't support."""
    if stage == "STARTTLS":
        return MailRefused("SMTP: the server does not offer STARTTLS", Trouble.NO_ENCRYPTION)
    if stage == "AUTH":
        return MailRefused("SMTP: the server offers no sign-in that we know", Trouble.SIGN_IN)
    if stage == "connecting":
        return MailRefused("SMTP: could not connect", Trouble.UNREACHABLE)
    return MailRefused(f"SMTP: {stage} is not possible with this server")
