"""The settings of how a server behaves towards those who look after it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class ServingSettings(BaseSettings):
    """How it stops, and how it writes its log."""

    # Seconds that it goes on serving once it's told to stop.
    drain_seconds: Annotated[float, Field(ge=0, le=300)] = 0
    log_format: Literal["text", "json"] = "text"
