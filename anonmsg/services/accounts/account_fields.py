"""The fields of a new account, validated together so that every refusal is told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anonmsg import rules
from anonmsg.errors import AppError, FormRefused

T = TypeVar("T")


def checked(
    username: object, email: object, password: object
) -> tuple[rules.Username, rules.Email, str]:
    """Validate the fields of a new account.

    Raises:
        FormRefused: one or more fields are refused, each with its reason.
    """
    refusals: list[AppError] = []

    def collect(rule: Callable[[], T]) -> T | None:
        try:
            return rule()
        except AppError as refusal:
            refusals.append(refusal)
            return None

    about = (rules.text(username), rules.text(email))
    name = collect(lambda: rules.username(username))
    address = collect(lambda: rules.email(email))
    chosen = collect(lambda: rules.new_password(password, about=about))
    if name is None or address is None or chosen is None:
        raise FormRefused(refusals)
    return name, address, chosen
