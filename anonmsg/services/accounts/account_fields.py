"""The fields of a new account, validated together so that every refusal is told at once."""

from __future__ import annotations

from anonmsg import rules
from anonmsg.errors import AppError, FormRefused
from anonmsg.services.form_checks import check_all


def checked(
    username: object, email: object, password: object
) -> tuple[rules.Username, rules.Email, str]:
    """Validate the fields of a new account.

    Raises:
        FormRefused: one or more fields are refused, each with its reason.
    """
    about = (rules.text(username), rules.text(email))
    try:
        return check_all(
            lambda: rules.username(username),
            lambda: rules.email(email),
            lambda: rules.new_password(password, about=about),
        )
    except FormRefused:
        raise
    except AppError as refusal:
        raise FormRefused([refusal]) from None
