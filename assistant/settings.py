"""Settings from the environment (prefix ONEVOICE_) and `.env`. Only the composition root reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


def _user_dir(kind: str) -> Path:
    home = Path.home()
    return home / (".cache" if kind == "cache" else ".local/share") / "onevoice"


class Settings(BaseSettings):
    """Every setting, its environment variable and its default. `--help` of a command overrides some."""

    model_config = SettingsConfigDict(
        env_prefix="ONEVOICE_", env_file=".env", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    llm_base_url: str | None = Field(
        None,
        validation_alias=AliasChoices("llm_base_url", "ONEVOICE_LLM_BASE_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE"),
        description="any OpenAI-compatible endpoint; without one the embedded model serves",
    )
    llm_model: str | None = Field(
        None, validation_alias=AliasChoices("llm_model", "ONEVOICE_LLM_MODEL", "OPENAI_MODEL")
    )
    llm_api_key: str | None = Field(
        None,
        validation_alias=AliasChoices("llm_api_key", "ONEVOICE_LLM_API_KEY", "OPENAI_API_KEY"),
        repr=False,  # secrets never reach logs
    )
    sign_in_key: str | None = Field(
        None, repr=False, description="what the shop's login signs its shoppers' tokens with; 32 bytes or more"
    )
    gguf: Path | None = Field(None, description="another local model file for the embedded server")
    database_url: str | None = Field(None, description="default: SQLite under DATA_DIR")
    chroma_url: str | None = Field(None, description="a Chroma server; default: embedded")
    data_dir: Path = Field(default_factory=lambda: _user_dir("data"), description="state, kept per shop")
    cache_dir: Path = Field(default_factory=lambda: _user_dir("cache"), description="models, shared by clones")
    shop: Path = Field(ROOT / "shops" / "demo", description="the shop folder")
    bench_data: Path = Field(ROOT.parent / "shared" / "data", description="data sets of the benchmarks")
    llm_timeout_s: float = Field(60.0, description="how long a model call may take; the embedded one has longer")

    @property
    def hosted(self) -> bool:
        """Whether a model endpoint is configured (an API key alone means the vendor's own endpoint)."""
        return bool(self.llm_base_url or (self.llm_api_key and self.llm_model))


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; keyword arguments that are not None win over the environment."""
    return Settings(**{name: value for name, value in overrides.items() if value is not None})
