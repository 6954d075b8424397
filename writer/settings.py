"""What the environment says, read once by bootstrap, which hands plain values down. docs/settings.md says more."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from writer.domain.errors import ConfigurationError
from writer.domain.ports.settings import ProviderAccount

VERSION = "0.3.0"
PREFIX = "WRITER_"
VENDOR_NAMES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "GEMINI_API_KEY", "GOOGLE_API_KEY")


class Vendor(BaseModel):
    """One provider account from the environment."""

    api_key: SecretStr = SecretStr("")
    base_url: str = ""
    models: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("models", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return _listed(value)

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return _address(value, ("http", "https"))


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _address(value: str, schemes: tuple[str, ...]) -> str:
    parts = urlsplit(value.strip())
    if value.strip() and (parts.scheme not in schemes or not parts.hostname):
        raise ValueError(f"it must look like {schemes[0]}://host")
    return value.strip().rstrip("/")


def default_data_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the desktop keeps programs' data of this user."""
    asked = environ.get("XDG_DATA_HOME", "")
    home = environ.get("HOME") or str(Path("~").expanduser())
    base = Path(asked) if asked.startswith("/") else Path(home) / ".local" / "share"
    return base / "writer"


class Settings(BaseSettings):
    """Make it with `read_settings`, which turns bad values into one sentence."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="ignore", frozen=True, populate_by_name=True
    )
    version: ClassVar[str] = VERSION

    data_dir: Path = Field(default_factory=default_data_dir)
    database_url: SecretStr = SecretStr("")
    chroma_url: str = ""
    secret_key: SecretStr = SecretStr("")

    routes: Annotated[tuple[str, ...], NoDecode] = ()
    openai: Vendor = Vendor()
    gemini: Vendor = Vendor()
    openai_api_key_fallback: SecretStr = Field(SecretStr(""), validation_alias="OPENAI_API_KEY")
    openai_base_url_fallback: str = Field("", validation_alias="OPENAI_BASE_URL")
    gemini_api_key_fallback: SecretStr = Field(SecretStr(""), validation_alias="GEMINI_API_KEY")
    google_api_key_fallback: SecretStr = Field(SecretStr(""), validation_alias="GOOGLE_API_KEY")

    runner: Literal["embedded", "off"] = "embedded"
    host: str = "127.0.0.1"
    port: int = Field(8501, ge=1, le=65535)
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    fetch_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    entailment_model: Path | None = None
    prices: Path | None = None
    hub_url: str = "https://huggingface.co"
    embedding: Literal["auto", "fp32", "int8"] = "auto"
    reply_cache: Literal["on", "off"] = "off"
    local_device: str = "auto"
    local_precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    local_quantisation: Literal["none", "int8", "int4"] = "none"
    local_context: int = Field(0, ge=0)
    local_together: int = Field(4, ge=1, le=8)
    local_idle_minutes: float = Field(15.0, ge=0)
    local_memory_mb: int = Field(0, ge=0)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["plain", "json"] = "plain"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # `read_settings` brings the environment: it can then be any mapping

    @field_validator("routes", "allowed_hosts", "fetch_hosts", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return _listed(value)

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("routes")
    @classmethod
    def _are_routes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for route in value:
            if not all(route.partition(":")):
                raise ValueError(f"“{route}” is not a route; write provider:model, for example openai:gpt-5-mini")
        return value

    @field_validator("data_dir", "entailment_model", "prices")
    @classmethod
    def _is_absolute(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        if "\x00" in str(value) or not str(value).strip():
            raise ValueError("it must name a folder")
        return value.expanduser().absolute()

    @field_validator("chroma_url", "hub_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return _address(value, ("http", "https"))

    @field_validator("openai_base_url_fallback")
    @classmethod
    def _is_an_address_too(cls, value: str) -> str:
        return _address(value, ("http", "https"))

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, value: SecretStr) -> SecretStr:
        scheme = value.get_secret_value().strip().partition("://")[0].partition("+")[0]
        if value.get_secret_value().strip() and scheme not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("it must begin with sqlite:/// or postgresql://")
        return value

    @property
    def url(self) -> str:
        """The database: what is set, else one file in the data folder."""
        return self.database_url.get_secret_value().strip() or f"sqlite:///{self.data_dir / 'writer.db'}"

    @property
    def is_for_one_person(self) -> bool:
        """Nobody else can reach it, neither directly nor through a proxy on this machine."""
        return self.host in ("127.0.0.1", "localhost", "::1") and not self.allowed_hosts

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "logs"

    def secrets(self) -> tuple[str, ...]:
        """Every secret value that is set: for the log's redaction, and nothing else."""
        password = urlsplit(self.database_url.get_secret_value()).password or ""
        keys = [account.key for account in environment_accounts(self)]
        return tuple(secret for secret in (*keys, self.secret_key.get_secret_value(), password) if secret)


class _Environment(EnvSettingsSource):
    """Reads the mapping it is given, so that nothing has to change the process's own environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environ.items()}


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises ConfigurationError: one sentence that names the setting and never shows a secret."""
    try:
        values: dict[str, Any] = {"data_dir": default_data_dir(environ)} | _Environment(_without_blanks(environ))()
        return Settings(**values)
    except ValidationError as error:
        raise ConfigurationError(_sentence(error)) from None
    except SettingsError:
        raise ConfigurationError(
            "A WRITER_ setting that holds several values is not written as docs/settings.md says."
        ) from None


def make_data_dir(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {settings.data_dir} cannot be made: {(error.strerror or 'no reason given').lower()}. "
            "Set WRITER_DATA_DIR to a folder that you may write to."
        ) from None


def _without_blanks(environ: Mapping[str, str]) -> dict[str, str]:
    """An empty value is how compose files leave a setting out."""
    return {name: value for name, value in environ.items() if value.strip()}


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = "__".join(str(part) for part in first["loc"]).upper()
    name = place if place in VENDOR_NAMES else PREFIX + place
    reason = first["msg"].removeprefix("Value error, ")
    return f"The setting {name} cannot be used: {reason[0].lower()}{reason[1:]}."


def environment_accounts(settings: Settings) -> list[ProviderAccount]:
    """Ours first, the vendors' own names when ours are absent. A vendor of which nothing is set has no account."""
    openai_key = _first(settings.openai.api_key, settings.openai_api_key_fallback)
    gemini_key = _first(settings.gemini.api_key, settings.gemini_api_key_fallback, settings.google_api_key_fallback)
    openai_address = settings.openai.base_url or settings.openai_base_url_fallback
    # An address without a key is somebody's own server, which asks for none.
    openai_kind = "openai" if openai_key or not openai_address else "openai-compatible"
    accounts = [
        ProviderAccount("openai", openai_kind, openai_address, openai_key, settings.openai.models),
        ProviderAccount("gemini", "gemini", settings.gemini.base_url, gemini_key, settings.gemini.models),
    ]
    if any(route.startswith("gemini-legacy:") for route in settings.routes):
        accounts.append(ProviderAccount("gemini-legacy", "gemini-legacy", settings.gemini.base_url, gemini_key))
    return [account for account in accounts if account.key or account.base_url]


def _first(*keys: SecretStr) -> str:
    return next((key.get_secret_value() for key in keys if key.get_secret_value()), "")


def unknown_names(environ: Mapping[str, str] = os.environ) -> list[str]:
    """WRITER_ names that mean nothing: most likely misspelt."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    nested = {f"{PREFIX}{vendor}__{field.upper()}" for vendor in ("OPENAI", "GEMINI") for field in Vendor.model_fields}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known | nested)


def documented_names() -> list[str]:
    """Every name that docs/settings.md must explain."""
    plain = [PREFIX + name.upper() for name, field in Settings.model_fields.items() if field.annotation is not Vendor]
    nested = [f"{PREFIX}{vendor}__{field.upper()}" for vendor in ("OPENAI", "GEMINI") for field in Vendor.model_fields]
    return sorted([name for name in plain if not name.endswith("_FALLBACK")] + nested + list(VENDOR_NAMES))
