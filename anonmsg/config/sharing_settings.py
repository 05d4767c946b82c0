"""The settings of what several workers or several copies of the app share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from anonmsg.config import redis_address
from anonmsg.config.kept_secrets import asked


class SharingSettings(BaseSettings):
    """How many processes serve the app, and by which Redis they share what they count."""

    redis_url: str = ""
    workers: Annotated[
        int,
        Field(ge=1, le=64, validation_alias=AliasChoices("WORKERS", "GRANIAN_WORKERS")),
    ] = 1
    # Whether this is the only copy of the app; only the operator can know.
    instances: Literal["one", "several"] = "one"

    @field_validator("redis_url")
    @classmethod
    def _redis_is_private(cls, value: str) -> str:
        if value:
            redis_address.expect_private(value)
        return value

    @field_validator("workers")
    @classmethod
    def _several_workers_have_redis(cls, value: int, info: ValidationInfo) -> int:
        if value > 1 and info.data.get("redis_url") == "":
            raise ValueError(
                "more than one needs REDIS_URL, because workers share limits, open tabs and who "
                "is told what"
            )
        return value

    @field_validator("instances")
    @classmethod
    def _several_instances_have_redis(cls, value: str, info: ValidationInfo) -> str:
        if value == "several" and info.data.get("redis_url") == "":
            raise ValueError(
                "several needs REDIS_URL, because instances share limits, open tabs and who is "
                "told what"
            )
        return value


def secrets_of_several(unset: list[str], values: dict[str, Any]) -> list[str]:
    """Return the problem of secrets that each of several instances would make for itself."""
    instances = values.get("instances") or asked("INSTANCES")
    if instances != "several" or not unset:
        return []
    reason = "must be set where INSTANCES is several; each instance would make its own"
    return [f"{', '.join(unset)}: {reason}"]
