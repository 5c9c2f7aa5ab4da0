"""What a service is started with, and its one form as JSON: worker processes read it from their environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

VARIABLE = "PLAN_RULES_SERVICE"


class Setting(BaseModel):
    """How a service is run.

    `rate` is requests a second for a caller whose token names none, `max_body` bytes, `watch` seconds between looks at
    the plan files (0: never), `remember` how many answers are kept to be given again, `drain` the seconds that requests
    in flight have to end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    plans: tuple[Path | None, ...] = (None,)
    overlays: tuple[str, ...] = ()
    trust: Path | None = None
    calendar: Path | None = None
    tokens: Path | None = None
    store: str | None = None
    anonymous: bool = False
    engine: str = "durable"
    engine_workers: int = Field(default=0, ge=0, le=256)
    workers: int = Field(default=1, ge=1, le=256)
    rate: float = Field(default=1000.0, gt=0, le=1_000_000)
    max_body: int = Field(default=64 * 1024, ge=1024, le=16 * 1024 * 1024)
    most_at_once: int = Field(default=1000, ge=1)
    watch: float = Field(default=2.0, ge=0, le=86_400)
    remember: int = Field(default=2000, ge=0, le=1_000_000)
    drain: float = Field(default=30.0, ge=0, le=3_600)
