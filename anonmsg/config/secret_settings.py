"""The secret settings: the three current secrets and their previous values."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    SecretStr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode

from anonmsg.config import secret_files
from anonmsg.config.kept_secrets import is_asked

SECRET_NAMES = ("ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET", "PEPPER")
# The secrets that can be rotated without signing anyone out, and their previous values' names.
ROTATED_NAMES = {
    "ACCESS_TOKEN_SECRET": "PREVIOUS_ACCESS_TOKEN_SECRET",
    "REFRESH_TOKEN_SECRET": "PREVIOUS_REFRESH_TOKEN_SECRET",
}
PREVIOUS_SECRET_NAMES = tuple(ROTATED_NAMES.values())
ROTATED_AT = "SECRETS_ROTATED_AT"
OF_A_ROTATION = (*PREVIOUS_SECRET_NAMES, ROTATED_AT)
PEPPER = "PEPPER"
METRICS_TOKEN = "METRICS_TOKEN"  # noqa: S105  (its name, not its value)
PREVIOUS_PEPPERS = "PREVIOUS_PEPPERS"
SHORTEST_SECRET = 32
FEWEST_DIFFERENT_CHARACTERS = 10


class SecretSettings(BaseSettings):
    """The settings that only the operator may know; none is ever shown."""

    access_token_secret: SecretStr
    refresh_token_secret: SecretStr
    pepper: SecretStr
    previous_access_token_secret: SecretStr | None = None
    previous_refresh_token_secret: SecretStr | None = None
    # When those two were replaced: anything they signed after that is forged.
    secrets_rotated_at: AwareDatetime | None = None
    # Earlier values of PEPPER, newest first: anything made with them still verifies.
    previous_peppers: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    # Who may read /metrics from elsewhere.
    metrics_token: SecretStr | None = None

    @field_validator(*(n.lower() for n in (*SECRET_NAMES, *PREVIOUS_SECRET_NAMES, METRICS_TOKEN)))
    @classmethod
    def _secrets_are_strong(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _expect_strong(value.get_secret_value())
        return value

    @field_validator("metrics_token")
    @classmethod
    def _a_token_fits_into_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        token = value.get_secret_value() if value else ""
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("must be printable ASCII characters without spaces")
        return value

    @field_validator("pepper")
    @classmethod
    def _secrets_differ(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        others = [info.data.get(name.lower()) for name in SECRET_NAMES]
        secrets_set = [each for each in [*others, value] if each is not None]
        if len(set(secrets_set)) < len(secrets_set):
            raise ValueError("must differ from the other two secrets")
        return value

    @field_validator(*(name.lower() for name in PREVIOUS_SECRET_NAMES))
    @classmethod
    def _previous_secrets_differ(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        if value is not None and value in info.data.values():
            raise ValueError("must differ from the other secrets")
        return value

    @field_validator("secrets_rotated_at", mode="wrap")
    @classmethod
    def _a_rotation_has_a_time(
        cls, value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        if value is None and any(info.data.get(name.lower()) for name in PREVIOUS_SECRET_NAMES):
            raise ValueError("must say when the previous secrets were replaced")
        try:
            return read(value)
        except ValidationError:
            raise ValueError(
                "must be a time with a time zone, such as 2026-03-04T12:00:00+00:00"
            ) from None

    @field_validator("previous_peppers", mode="before")
    @classmethod
    def _previous_peppers_are_a_list(cls, value: Any) -> Any:
        try:
            found = json.loads(value) if isinstance(value, str) else value
        except ValueError:
            found = None
        if not isinstance(found, list | tuple) or any(not isinstance(p, str) for p in found):
            raise ValueError('must be a JSON list of strings, such as ["the previous one"]')
        return tuple(SecretStr(each) for each in found)

    @field_validator("previous_peppers")
    @classmethod
    def _previous_peppers_are_others(
        cls, value: tuple[SecretStr, ...], info: ValidationInfo
    ) -> tuple[SecretStr, ...]:
        for each in value:
            _expect_strong(each.get_secret_value())
        if info.data.get("pepper") in value or len(set(value)) < len(value):
            raise ValueError("must differ from PEPPER and from each other")
        return value

    # The last one that is defined runs first.
    @field_validator("*", mode="before")
    @classmethod
    def _its_file_can_be_used(cls, value: Any) -> Any:
        if isinstance(value, secret_files.Unusable):
            raise ValueError(value.reason)  # noqa: TRY004  (pydantic makes a sentence of it)
        return value


def in_use(settings: SecretSettings) -> dict[str, str]:
    """Return the secrets that are set or kept, by the names that the file gives them."""
    found = {
        name: value.get_secret_value()
        for name in (*SECRET_NAMES, *PREVIOUS_SECRET_NAMES)
        if (value := getattr(settings, name.lower())) is not None
    }
    if settings.secrets_rotated_at is not None:
        found[ROTATED_AT] = settings.secrets_rotated_at.isoformat()
    if settings.previous_peppers:
        previous = [each.get_secret_value() for each in settings.previous_peppers]
        found[PREVIOUS_PEPPERS] = json.dumps(previous)
    return found


def _expect_strong(secret: str) -> None:
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"needs at least {SHORTEST_SECRET} characters")
    if len(set(secret)) < FEWEST_DIFFERENT_CHARACTERS:
        raise ValueError("is too easy to guess")


def kept_of_before(
    kept: dict[str, str], unset: list[str], values: dict[str, Any]
) -> dict[str, str]:
    """Return the file's previous secrets, for current secrets that also come from the file."""
    found: dict[str, str] = {}
    for now, before in ((tuple(ROTATED_NAMES), OF_A_ROTATION), ((PEPPER,), (PREVIOUS_PEPPERS,))):
        is_set = any(is_asked(name) or name.lower() in values for name in before)
        if not is_set and set(now) <= set(unset):
            found |= {name.lower(): kept[name] for name in before if name in kept}
    return found
