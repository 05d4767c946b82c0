"""Settings, read once from the environment and `.env`.

The app refuses to start on a bad value and says everything that is wrong at
once, in words. Secrets that nobody set are made at the first start and kept
in a file that only the owner of the process may read.
"""

from __future__ import annotations

import os
import re
import secrets
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from filelock import FileLock
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_NAMES = ("ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET", "PEPPER")
SHORTEST_SECRET = 32
FEWEST_DIFFERENT_CHARACTERS = 10
DEFAULT_PORT = 3000


class BadSettings(Exception):
    """Raised when the app must not start; lists everything that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems, one sentence each."""
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"anonmsg cannot start, because of its settings:\n{lines}")


class Settings(BaseSettings):
    """Everything an operator can set. Names in the environment are upper case."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Path(".data")
    database_url: str = ""
    redis_url: str = ""
    public_url: str = ""
    access_token_secret: SecretStr
    refresh_token_secret: SecretStr
    pepper: SecretStr
    mail_transport: Literal["", "resend", "outbox"] = ""
    resend_api_key: SecretStr | None = None
    resend_api_url: str = "https://api.resend.com"
    mail_from: str = "anonmsg <no-reply@localhost>"
    trusted_proxy_hops: Annotated[int, Field(ge=0, le=16)] = 0
    limits_factor: Annotated[float, Field(gt=0, le=1_000_000)] = 1
    limits: dict[str, str] = Field(default_factory=dict)
    hide_registered_emails: bool = False
    reflex_frontend_port: int = DEFAULT_PORT

    @field_validator(*(name.lower() for name in SECRET_NAMES))
    @classmethod
    def _secrets_are_strong(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"needs at least {SHORTEST_SECRET} characters")
        if len(set(secret)) < FEWEST_DIFFERENT_CHARACTERS:
            raise ValueError("is too easy to guess")
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

    @field_validator("redis_url")
    @classmethod
    def _one_worker_for_now(cls, value: str) -> str:
        if value:
            raise ValueError(
                "is not supported by this release, which runs one worker; leave it out"
            )
        return value

    @model_validator(mode="after")
    def _the_rest_fits_together(self) -> Self:
        problems = []
        if len({getattr(self, name.lower()).get_secret_value() for name in SECRET_NAMES}) < 3:
            problems.append(f"{', '.join(SECRET_NAMES)} must differ from one another")
        if self.transport == "resend" and self.resend_api_key is None:
            problems.append("MAIL_TRANSPORT is resend, so RESEND_API_KEY must be set")
        if self.transport == "resend" and self.mail_from.endswith("@localhost>"):
            problems.append("MAIL_FROM must be an address that Resend lets you send from")
        if self.public_url and urlsplit(self.public_url).path:
            problems.append("PUBLIC_URL must have no path: anonmsg lives at the root of its host")
        if os.environ.get("GRANIAN_WORKERS", "1") != "1":
            problems.append("GRANIAN_WORKERS must be 1: this release runs one worker")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def database(self) -> str:
        """The database's address; SQLite in the data folder where none is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'anonmsg.db'}"

    @property
    def transport(self) -> Literal["resend", "outbox"]:
        """How mail leaves: the one asked for, or Resend where there is a key."""
        if self.mail_transport:
            return self.mail_transport
        return "resend" if self.resend_api_key else "outbox"

    @property
    def site(self) -> str:
        """The address people type, without a slash at its end."""
        return self.public_url or f"http://localhost:{self.reflex_frontend_port}"

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that forms and sockets may come from."""
        if self.public_url:
            return (_origin(self.public_url),)
        port = self.reflex_frontend_port
        return (f"http://localhost:{port}", f"http://127.0.0.1:{port}")

    @property
    def is_https(self) -> bool:
        """Whether people reach the site by https."""
        return self.site.startswith("https:")


def load(**values: Any) -> Settings:
    """Read the settings, making the secrets that are missing.

    Args:
        **values: Settings that win over the environment, for tests.

    Raises:
        BadSettings: something is missing, weak or malformed.
    """
    data_dir = Path(values.get("data_dir") or _asked("DATA_DIR") or ".data")
    for name in SECRET_NAMES:
        if name.lower() not in values and not _asked(name):
            values[name.lower()] = _kept_secrets(data_dir)[name]
    try:
        return Settings(**values)
    except ValidationError as error:
        raise BadSettings(_in_sentences(error)) from None


def settings() -> Settings:
    """The settings of this process.

    Reflex finds a free port only after its configuration was read once, and
    puts it into the environment: what depends on the port is read again then.
    """
    return _settings_at(os.environ.get("REFLEX_FRONTEND_PORT", ""))


@cache
def _settings_at(_port: str) -> Settings:
    return load()


def _asked(name: str) -> str:
    return os.environ.get(name) or dotenv_values(".env").get(name) or ""


def _kept_secrets(data_dir: Path) -> dict[str, str]:
    """The secrets file's content, made whole first, whoever comes at once."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = data_dir / "secrets.env"
    with FileLock(data_dir / "secrets.lock"):
        kept = {k: v for k, v in dotenv_values(file).items() if v} if file.exists() else {}
        missing = [name for name in SECRET_NAMES if name not in kept]
        if missing:
            kept |= {name: secrets.token_hex(32) for name in missing}
            draft = file.with_suffix(".new")
            draft.touch(mode=0o600)
            draft.write_text("".join(f"{name}={kept[name]}\n" for name in SECRET_NAMES))
            draft.replace(file)
    return kept


def _in_sentences(error: ValidationError) -> list[str]:
    problems = []
    for each in error.errors(include_url=False, include_input=False):
        message = re.sub(r"^Value error, ", "", each["msg"])
        if each["loc"]:
            problems.append(f"{str(each['loc'][0]).upper()}: {message}")
        else:
            problems.extend(message.splitlines())
    return problems


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = {"http": ":80", "https": ":443"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(port)}"
