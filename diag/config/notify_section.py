"""The section ``daemon.notify``: whom the daemon notifies itself, without a Prometheus in between."""

from __future__ import annotations

from typing import Self

from diag.config.base import Model
from diag.config.form import Field, model_validator
from diag.config.readers import refuse
from diag.config.secrets import FilledSecret
from diag.config.values import Duration, Files, Name, OptionalItems, Url


class Login(Model):
    """How to log in at a receiver: with a token, or with user name and password."""

    token: FilledSecret | None = Field(default=None, description="Sent as Authorization: Bearer.")
    username: Name | None = Field(default=None, description="The user name, with a password.")
    password: FilledSecret | None = Field(default=None, description="The password of the user.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        pair = (self.username is not None, self.password is not None)
        if pair[0] is not pair[1] or (self.token is not None) is pair[0]:
            msg = "expected either token, or username and password"
            raise refuse(msg)
        if self.username is not None and ":" in self.username:
            msg = "expected a user name without a colon, which basic authentication cannot carry"
            raise refuse(msg)
        return self


class AlertmanagerReceiver(Model):
    """An Alertmanager that is notified of what is broken now."""

    url: Url = Field(description="Its address; /api/v2/alerts is added.")
    name: Name | None = Field(default=None, description="How metrics and logs call it. Left out: host and port of url.")
    auth: Login | None = Field(default=None, description="How to log in there.")
    ca: Files = Field(default=(), description="The CAs trusted for url; left out, the public roots.")
    wait: Duration = Field(default=120.0, description="How long something has to be broken before it is an alert.")


class WebhookReceiver(Model):
    """An address that is notified of each change of a status."""

    url: Url = Field(description="Where each change is posted as JSON.")
    name: Name | None = Field(default=None, description="How metrics and logs call it. Left out: host and port of url.")
    secret: FilledSecret = Field(description="What each message is signed with (HMAC-SHA256).")
    ca: Files = Field(default=(), description="The CAs trusted for url; left out, the public roots.")


class Notify(Model):
    """Who is notified."""

    alertmanager: OptionalItems[AlertmanagerReceiver] = Field(
        default=(), description="Alertmanagers, each notified of everything: one for each member of a cluster of them."
    )
    webhooks: OptionalItems[WebhookReceiver] = Field(
        default=(), description="Addresses that are notified of each change."
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        # Up to which event a webhook was notified is kept by its url.
        for receivers in (self.alertmanager, self.webhooks):
            urls = [one.url for one in receivers]
            if len(set(urls)) < len(urls):
                msg = "expected each url once"
                raise refuse(msg)
        return self
