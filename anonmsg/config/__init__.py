"""Settings, read once from the environment and `.env`.

The app refuses to start with a bad value, and lists every problem at once in
plain words. Secrets that aren't set are created at the first start and kept in
a file that only the process's own user can read.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict, SettingsError

from anonmsg.config import database_address, kept_secrets, secret_files, sender
from anonmsg.config.secret_settings import (
    OF_A_ROTATION,
    PEPPER,
    PREVIOUS_PEPPERS,
    ROTATED_AT,
    ROTATED_NAMES,
    SECRET_NAMES,
    SecretSettings,
    in_use,
    kept_of_before,
)
from anonmsg.config.serving_settings import ServingSettings
from anonmsg.config.sharing_settings import SharingSettings, secrets_of_several
from anonmsg.config.smtp import SmtpUrl, parsed

__all__ = [
    "OF_A_ROTATION",
    "PEPPER",
    "PREVIOUS_PEPPERS",
    "ROTATED_AT",
    "ROTATED_NAMES",
    "SECRET_NAMES",
    "BadSettings",
    "Settings",
    "in_use",
    "load",
    "settings",
]

DEFAULT_PORT = 3000
# Seconds to keep a tab's state after its last event.
STATE_LIVES = 900

Transport = Literal["resend", "smtp", "outbox"]


class BadSettings(Exception):
    """Raised when the settings don't let the app start; lists every problem."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems, one sentence each."""
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"anonmsg can't start with these settings:\n{lines}")


class Settings(SecretSettings, SharingSettings, ServingSettings):
    """Everything an operator can set; environment variables are in upper case."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        validate_default=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    data_dir: Path = Path(".data")
    database_url: str = ""
    database_connections: Annotated[int, Field(ge=2, le=1_000)] = 20
    public_url: str = ""
    mail_transport: Literal["", "resend", "smtp", "outbox"] = ""
    resend_api_key: SecretStr | None = None
    resend_api_url: str = "https://api.resend.com"
    smtp_url: SecretStr | None = None
    mail_from: str = "anonmsg <no-reply@localhost>"
    trusted_proxy_hops: Annotated[int, Field(ge=0, le=16)] = 0
    limits_factor: Annotated[float, Field(gt=0, le=1_000_000)] = 1
    limits: dict[str, str] = Field(default_factory=dict)
    hide_registered_emails: bool = False
    # 0 lets owners keep messages forever.
    keep_messages_at_most_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    security_contact: str = ""
    reflex_frontend_port: int = DEFAULT_PORT

    @field_validator("database_url")
    @classmethod
    def _the_database_is_known(cls, value: str) -> str:
        if value:
            database_address.expect_known(value)
        return value

    @field_validator("public_url", "resend_api_url")
    @classmethod
    def _urls_are_origins(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.query
            or parts.fragment
        ):
            raise ValueError("must be an address such as https://example.com")
        return value.rstrip("/")

    @field_validator("security_contact")
    @classmethod
    def _a_contact_can_be_opened(cls, value: str) -> str:
        is_plain = value.isascii() and value.isprintable() and " " not in value
        if value and not (is_plain and value.startswith(("https://", "mailto:"))):
            raise ValueError("must begin with https:// or mailto:, such as mailto:me@example.com")
        return value

    # Checks that depend on other fields are field validators too: a model
    # validator would only run once every single field is valid.

    @field_validator("public_url")
    @classmethod
    def _the_site_has_no_path(cls, value: str) -> str:
        if urlsplit(value).path:
            raise ValueError("must have no path: anonmsg runs at the root of its host")
        if not value.isascii():
            raise ValueError("must be ASCII, as browsers send it: write the domain as xn--...")
        return value

    @field_validator("mail_transport")
    @classmethod
    def _instances_share_no_folder(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("instances") == "several" and value not in {"smtp", "resend"}:
            raise ValueError(
                "must be smtp or resend where INSTANCES is several; each would write an outbox "
                "folder of its own"
            )
        return value

    @field_validator("resend_api_key")
    @classmethod
    def _resend_has_a_key(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("mail_transport") == "resend":
            raise ValueError("must be set, because MAIL_TRANSPORT is resend")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp_has_a_server(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None:
            parsed(value.get_secret_value())
        elif info.data.get("mail_transport") == "smtp":
            raise ValueError("must be set, because MAIL_TRANSPORT is smtp")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_has_a_sender(cls, value: str, info: ValidationInfo) -> str:
        domain = sender.domain_of(value)
        asked, key = info.data.get("mail_transport"), info.data.get("resend_api_key")
        who = {"smtp": "your mail server", "outbox": ""}.get(asked or "", "Resend" if key else "")
        if who and domain == "localhost":
            raise ValueError(f"must be an address that {who} lets you send from")
        return value

    @property
    def database(self) -> str:
        """The database URL, by default SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'anonmsg.db'}"

    @property
    def transport(self) -> Transport:
        """How email is sent: as set, otherwise by Resend if there's a key."""
        return self.mail_transport or ("resend" if self.resend_api_key else "outbox")

    @property
    def smtp(self) -> SmtpUrl | None:
        """The mail server, if one is set."""
        return parsed(self.smtp_url.get_secret_value()) if self.smtp_url else None

    @property
    def site(self) -> str:
        """The site's URL, without a trailing slash."""
        return self.public_url or f"http://localhost:{self.reflex_frontend_port}"

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that forms and sockets are accepted from."""
        if self.public_url:
            return (_origin(self.public_url),)
        port = self.reflex_frontend_port
        return (f"http://localhost:{port}", f"http://127.0.0.1:{port}")

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over https."""
        return self.site.startswith("https:")


def load(*, secrets_are_made: bool = True, **values: Any) -> Settings:
    """Read the settings, creating any missing secrets.

    Args:
        secrets_are_made: False to only look and write nothing.
        **values: Settings that override the environment, for tests.

    Raises:
        BadSettings: a setting is missing, weak or malformed.
    """
    data_dir = Path(values.get("data_dir") or kept_secrets.asked("DATA_DIR") or ".data")
    values |= secret_files.read(but=values)
    unset = [n for n in kept_secrets.unset(SECRET_NAMES) if n.lower() not in values]
    problems = secrets_of_several(unset, values)
    if unset:
        is_made = secrets_are_made and not problems
        kept = kept_secrets.kept_in(data_dir, SECRET_NAMES, made=is_made)
        values |= {name.lower(): kept[name] for name in unset}
        values |= kept_of_before(kept, unset, values)
    try:
        found = Settings(**values)
    except ValidationError as error:
        raise BadSettings(problems + _in_sentences(error)) from None
    except SettingsError as error:
        # The library's message names the field and doesn't repeat its value.
        raise BadSettings([*problems, f"LIMITS: must be JSON; {error}"]) from None
    if problems:
        raise BadSettings(problems)
    return found


def settings() -> Settings:
    """Return this process's settings.

    Reflex only looks for a free port after it has read its configuration once,
    and then puts the port into the environment. The settings are read again then.
    """
    return _settings_at(os.environ.get("REFLEX_FRONTEND_PORT", ""))


@cache
def _settings_at(_port: str) -> Settings:
    return load()


def _in_sentences(error: ValidationError) -> list[str]:
    problems = []
    for each in error.errors(include_url=False, include_input=False):
        message = re.sub(r"^Value error, ", "", each["msg"])
        problems.append(f"{str(each['loc'][0]).upper()}: {message}")
    return problems


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = {"http": ":80", "https": ":443"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(port)}"
