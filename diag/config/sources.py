"""The section ``discover``: where local clusters are found that the file does not name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from diag.config.base import Loading, Model, found, is_nothing
from diag.config.form import Field, model_validator
from diag.config.readers import PlainValidator, ValidationInfo, WithJsonSchema, refuse
from diag.config.remotes import Auth
from diag.config.values import Duration, Files, KindName, Name, OptionalItems, Setting, Url
from diag.model import Kind


def _pattern(value: object, info: ValidationInfo) -> Path:
    """Make the path absolute; whether anything is there is seen each time that it is read."""
    if is_nothing(value) or not isinstance(value, (str, Path)) or not str(value):
        msg = f"expected the name of a file, the last part of which may hold *{found(value)}"
        raise refuse(msg)
    return info.context.folder / value if isinstance(info.context, Loading) else Path(value)


FilePattern = Annotated[Path, PlainValidator(_pattern), WithJsonSchema({"type": "string", "minLength": 1})]


class FileSource(Model):
    """Files with target groups, in the format of Prometheus' ``file_sd_configs``: JSON or YAML."""

    files: OptionalItems[FilePattern] = Field(min_length=1, description="Their names; the last part may hold *.")
    refresh: Duration = Field(default=30.0, description="The time between two readings.")


class HttpSource(Model):
    """A URL that answers with target groups, in the format of Prometheus' ``http_sd_configs``."""

    url: Url = Field(description="What is asked, by GET.")
    refresh: Duration = Field(default=60.0, description="The time between two requests.")
    auth: Auth | None = Field(default=None, description="How to log in there.")
    ca: Files = Field(default=(), description="The CAs trusted for url; left out, the public roots.")


class PlatformSource(Model):
    """One of ``platforms``: every deployment of it that runs."""

    name: Name = Field(description="The platform, of platforms.")
    refresh: Duration = Field(default=60.0, description="The time between two looks at all deployments.")


class FoundCluster(Model):
    """What all clusters of one source have: what ``clusters`` says of one, without name and address."""

    kind: KindName = Field(
        default=Kind.SELF_MANAGED, description="Who runs them; left out with platform, what that is."
    )
    auth: Auth | None = Field(default=None, description="How to log in at their API.")
    ca: Files = Field(default=(), description="The CAs trusted for their API; left out, the public roots.")
    security_domain: Setting = Field(default="", description="Who is responsible for their users.")
    vantage_points: OptionalItems[Name] = Field(
        default=(), description="From where they are looked at, of vantage_points, or all."
    )


class Discovery(Model):
    """One source of local clusters. Their remotes are read from themselves."""

    name: Name = Field(description="How metrics, logs and notes call the source.")
    file_sd: FileSource | None = Field(default=None, description="Files of target groups.")
    http_sd: HttpSource | None = Field(default=None, description="A URL of target groups.")
    platform: PlatformSource | None = Field(default=None, description="The deployments of a platform.")
    cluster: FoundCluster = Field(default=FoundCluster(), description="What all clusters that it names have.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if len(self._sources) != 1:
            msg = "expected one of file_sd, http_sd, platform"
            raise refuse(msg)
        return self

    @property
    def _sources(self) -> tuple[FileSource | HttpSource | PlatformSource, ...]:
        return tuple(one for one in (self.file_sd, self.http_sd, self.platform) if one is not None)

    @property
    def where(self) -> FileSource | HttpSource | PlatformSource:
        """Where it looks."""
        return self._sources[0]

    @property
    def refresh(self) -> float:
        """The seconds between two looks."""
        return self.where.refresh
