"""Sends email through Resend's official library."""

from __future__ import annotations

import resend
from resend.exceptions import NoContentError, ResendError

from anonmsg.mail.delivery_errors import MailRefused, Trouble
from anonmsg.mail.letters import Letter
from anonmsg.mail.resend_client import ResendClient

TIMEOUT_SECONDS = 10

# The error names in Resend's documentation. We never log an unlisted name: it
# comes from outside and could contain anything.
RESEND_REFUSALS = frozenset(
    {
        "application_error",
        "concurrent_idempotent_requests",
        "daily_quota_exceeded",
        "internal_server_error",
        "invalid_access",
        "invalid_api_key",
        "invalid_from_address",
        "invalid_idempotency_key",
        "invalid_idempotent_request",
        "invalid_parameter",
        "method_not_allowed",
        "missing_api_key",
        "missing_required_field",
        "monthly_quota_exceeded",
        "not_found",
        "rate_limit_exceeded",
        "restricted_api_key",
        "security_error",
        "validation_error",
    }
)

TROUBLES = {
    "missing_api_key": Trouble.SIGN_IN,
    "invalid_api_key": Trouble.SIGN_IN,
    "restricted_api_key": Trouble.SIGN_IN,
    "invalid_from_address": Trouble.SENDER,
    "invalid_access": Trouble.SIGN_IN,
    "rate_limit_exceeded": Trouble.TOO_OFTEN,
    "daily_quota_exceeded": Trouble.TOO_OFTEN,
    "monthly_quota_exceeded": Trouble.TOO_OFTEN,
    "missing_required_field": Trouble.CONTENT,
    "invalid_parameter": Trouble.CONTENT,
    "validation_error": Trouble.CONTENT,
}


class ResendService:
    """Sends email through Resend, which sends only one email per idempotency key."""

    def __init__(
        self, api_key: str, api_url: str, sender: str, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        """Set up the library.

        Its key, URL and client are module globals, so a process can have only
        one instance in use: the most recent.

        Args:
            api_key: The site's Resend API key.
            api_url: Resend's URL; tests use their own.
            sender: An address that Resend lets this site send from.
            timeout: Seconds for the connection, and again for the whole response.
        """
        self._sender = sender
        resend.api_key = api_key
        resend.api_url = api_url
        resend.default_http_client = ResendClient(timeout)

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Send an email.

        Raises:
            MailRefused: Resend didn't accept it, or its response was lost.
        """
        if not letter.to.isascii():
            reason = "Resend takes no address in this script (SMTPUTF8)"
            raise MailRefused(reason, Trouble.RECIPIENT, is_final=True)
        refusal = self._send(letter, idempotency_key)
        # Raise it here, outside the except block, so that no traceback includes
        # the library's error, whose text may contain addresses.
        if refusal:
            raise refusal

    def _send(self, letter: Letter, key: str) -> MailRefused | None:
        """Try to send, and return why it failed, or None on success."""
        mail: resend.Emails.SendParams = {
            "from": self._sender,
            "to": [letter.to],
            "subject": letter.subject,
            "html": letter.html,
            "text": letter.text,
        }
        if letter.headers:
            mail["headers"] = letter.headers
        try:
            answer: object = resend.Emails.send(mail, {"idempotency_key": key})
        except ResendError as error:
            return _why(error)
        # The library lets these through if the response isn't what it expects.
        except (NoContentError, TypeError, ValueError, RecursionError):
            return MailRefused("Resend gave an answer that cannot be read")
        taken = isinstance(answer, dict) and isinstance(answer.get("id"), str) and answer["id"]
        return None if taken else MailRefused("Resend gave an answer without an id")


def _why(error: ResendError) -> MailRefused:
    if error.error_type == "HttpClientError":
        reason = "Resend could not be reached, or did not answer in time"
        return MailRefused(reason, Trouble.UNREACHABLE)
    status = error.code if isinstance(error.code, int) else 0
    kind = error.error_type if isinstance(error.error_type, str) else ""
    if kind not in RESEND_REFUSALS:
        return MailRefused(f"Resend answered {status}")
    # An unverified domain is also a validation_error, but with status 403.
    trouble = Trouble.SENDER if (status, kind) == (403, "validation_error") else TROUBLES.get(kind)
    return MailRefused(f"Resend answered {status} ({kind})", trouble or Trouble.THEIRS)
