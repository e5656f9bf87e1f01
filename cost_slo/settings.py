# SPDX-License-Identifier: Apache-2.0
"""What does the environment say?

Every setting is an environment variable with the prefix `COST_SLO_`; a flag of the command line
wins over it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cost_slo.domain.errors import SettingsError


class Settings(BaseSettings):
    """The deployment's own values, frozen."""

    model_config = SettingsConfigDict(
        env_prefix="COST_SLO_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    state: Path = Path("cost-slo-state")
    """Folder of the embedded store, the alerts and the narratives."""

    ce_monthly_cap: Annotated[int, Field(ge=0)] = 300
    """Most paid requests of Cost Explorer in a calendar month, $0.01 each."""


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError naming the variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "COST_SLO_" + "_".join(map(str, first["loc"])).upper()
        raise SettingsError(f"{name}: {first['msg']}, found {first['input']!r}") from None
