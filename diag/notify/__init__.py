"""Notifications of what is broken: Alertmanagers, and webhooks that get each change. Whatever this posts goes to addresses that the user named."""

from diag.notify.notifier import Notifier
from diag.notify.post import Poster
from diag.notify.receivers import Message, Send, Sent, SentResult, send_nothing

__all__ = ["Message", "Notifier", "Poster", "Send", "Sent", "SentResult", "send_nothing"]
