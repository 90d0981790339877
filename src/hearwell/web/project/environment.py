"""What whoever runs the server may choose, as environment variables that begin with HEARWELL_."""

import secrets
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

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
    api_requests_a_minute: int = Field(default=300, ge=1)  # of each token, or person with a session
    session_hours: int = Field(default=12, ge=1, le=24 * 31)  # then everybody signs in again
    idle_minutes: int = Field(default=120, ge=1)  # whoever asks for nothing so long, too
    email_url: str = ""  # smtp://user:password@host:587; without one mails are written to files
    email_from: str = "hearwell@localhost"
    webhook_networks: list[IPv4Network | IPv6Network] = Field(default_factory=list)
    """Private networks to which messages may be posted, such as 10.1.0.0/16; also without TLS."""
    upload_limit_megabytes: int = Field(default=2000, ge=1)  # of a file that is imported
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


def origin(address: str) -> str:
    """Return the part of an address that names the server, such as https://id.example.org."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
