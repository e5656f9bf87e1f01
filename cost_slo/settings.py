# SPDX-License-Identifier: Apache-2.0
"""What does the environment say?

Every setting is an environment variable with the prefix `COST_SLO_`; a flag of the command line
wins over it.
"""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The deployment's own values, frozen."""

    model_config = SettingsConfigDict(
        env_prefix="COST_SLO_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    state: Path = Path("cost-slo-state")
    """Folder of the embedded store, the alerts and the narratives."""
