"""Every setting, declared once: environment variables ``SHIFU_*``, also read from ``.env``."""

import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.errors import SettingsError

SHIPPED_MODEL = "shifu-minilm-zh"


class Settings(BaseSettings):
    """What a site can choose. Each field is ``SHIFU_`` plus its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="SHIFU_", env_file=".env", extra="ignore")

    data_dir: Path = Field(Path("data"), description="Folder of database, index, uploads and key")
    content_dir: Path = Field(Path("content"), description="Folder of the shipped library")
    database_url: str = Field(
        "", description="SQLAlchemy URL; empty means SQLite in the data folder"
    )
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on")
    base_url: str = Field("", description="Public address, such as https://shifu.example.com")
    trusted_proxies: int = Field(0, ge=0, le=5, description="Reverse proxies in front of the site")
    threads: int = Field(8, ge=1, le=64, description="Threads of the web process")
    secret_key: str = Field("", description="Signing key; empty means one kept in the data folder")
    session_days: int = Field(14, ge=1, le=90, description="Days until a sign-in ends by itself")
    max_upload_mb: int = Field(8, ge=1, le=512, description="Largest request body in MiB")
    max_video_mb: int = Field(200, ge=1, le=4096, description="Largest video in MiB")
    lang: Literal["zh", "en"] = Field("zh", description="Language where a person has chosen none")
    time_zone: str = Field("Asia/Shanghai", description="Time zone in which times are shown")
    model: str = Field(
        SHIPPED_MODEL, description="Embedding model: a name, a folder, or off for keywords alone"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Log detail"
    )

    @field_validator("base_url")
    @classmethod
    def _base_url_is_a_web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("time_zone")
    @classmethod
    def _time_zone_is_known(cls, value: str) -> str:
        from zoneinfo import available_timezones  # slow, and only needed here

        if value not in available_timezones():
            raise ValueError("it must be a zone name such as Asia/Shanghai")
        return value

    @property
    def sqlalchemy_url(self) -> str:
        """The database in use."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'shifu.db'}"

    @property
    def index_dir(self) -> Path:
        """Folder of the index generations."""
        return self.data_dir / "index"

    @property
    def uploads_dir(self) -> Path:
        """Folder of pictures and other files that people or imports bring."""
        return self.data_dir / "uploads"

    @property
    def largest_body(self) -> int:
        """Bytes of the largest request that anybody may send: a form with a video in it."""
        return max(self.max_upload_mb, self.max_video_mb + 1) * 1024 * 1024

    @property
    def https(self) -> bool:
        """Whether people reach the site over HTTPS, so that cookies must not travel otherwise."""
        return self.base_url.startswith("https://")

    @cached_property
    def signing_key(self) -> str:
        """The configured key, or one made once and kept in the data folder, readable by its owner."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret_key"
        if not path.is_file():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), "ascii")
        return path.read_text("ascii").strip()


def load_settings(**overrides: object) -> Settings:
    """Read the settings. Raises SettingsError with the first malformed one and its reason."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        detail = error.errors()[0]
        name = "SHIFU_" + "_".join(str(part) for part in detail["loc"]).upper()
        reason = detail["msg"].removeprefix("Value error, ")
        raise SettingsError(name=name, reason=f"{reason} (it is {detail['input']!r})") from None
