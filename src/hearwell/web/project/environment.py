"""What whoever runs the server may choose, as environment variables that begin with HEARWELL_."""

import secrets
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hearwell.lake.folder import write_private

HOME = "web"
SECRET = "secret.key"  # noqa: S105  the name of a file


class Environment(BaseSettings):
    """Where everything is, and how it is reached."""

    model_config = SettingsConfigDict(env_prefix="HEARWELL_", extra="ignore")

    lake: Path = Path("lake")
    home: Path = Path()  # accounts, uploads and the secret; by default a folder in the lake's
    address: str = "http://127.0.0.1:8000"  # as people type it; links in mails begin with it
    hosts: list[str] = Field(default_factory=lambda: ["127.0.0.1", "localhost", "[::1]"])
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    secret_key: str = ""
    behind_proxies: int = Field(default=0, ge=0)  # so many set X-Forwarded-For, and can be trusted
    email_url: str = ""  # smtp://user:password@host:587; without one mails are written to files
    email_from: str = "hearwell@localhost"
    oidc_url: str = ""  # of an OpenID Connect provider; without one there is only the password
    oidc_name: str = "Single sign-on"
    oidc_client_id: str = ""
    oidc_client_secret: str = ""

    @model_validator(mode="after")
    def _has_a_home(self) -> Self:
        if self.home == Path():
            self.home = self.lake / HOME
        return self

    @property
    def is_https(self) -> bool:
        return self.address.startswith("https://")

    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.home.absolute() / 'application.sqlite'}"

    def secret(self) -> str:
        """Return what sessions and links are signed with; it is made once and kept in the home."""
        if self.secret_key:
            return self.secret_key
        file = self.home / SECRET
        if not file.exists():
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(file, secrets.token_urlsafe(50))
        return file.read_text("ascii").strip()
