"""The limits under ``checks.thresholds``: matters of taste, each with its usual value."""

from __future__ import annotations

from pydantic import Field

from diag.config.values import Count, Model, Number
from diag.model import Thresholds

_USUAL = Thresholds()


class Limits(Model):
    """Limits that are a matter of taste: days to the end of a certificate, seconds for clocks, connects and handshakes."""

    leaf_days_warning: Number = Field(default=_USUAL.leaf_days_warning, description="A certificate of a node ends.")
    leaf_days_error: Number = Field(default=_USUAL.leaf_days_error, description="A certificate of a node ends soon.")
    ca_days_warning: Number = Field(default=_USUAL.ca_days_warning, description="A CA ends.")
    ca_days_error: Number = Field(default=_USUAL.ca_days_error, description="A CA ends soon.")
    rotated_days_warning: Number = Field(
        default=_USUAL.rotated_days_warning, description="A certificate that is renewed by a machine ends."
    )
    clock_seconds_warning: Number = Field(default=_USUAL.clock_seconds_warning, description="The clocks differ.")
    clock_seconds_error: Number = Field(default=_USUAL.clock_seconds_error, description="The clocks differ much.")
    connect_seconds_warning: Number = Field(default=_USUAL.connect_seconds_warning, description="A connect is slow.")
    connect_seconds_error: Number = Field(default=_USUAL.connect_seconds_error, description="A connect is very slow.")
    handshake_seconds_warning: Number = Field(
        default=_USUAL.handshake_seconds_warning, description="A handshake is slow."
    )
    handshake_seconds_error: Number = Field(
        default=_USUAL.handshake_seconds_error, description="A handshake is very slow."
    )
    seeds_wanted: Count = Field(default=_USUAL.seeds_wanted, description="How many seeds a sniff remote should have.")
    flaps_warning: Count = Field(default=_USUAL.flaps_warning, description="Changes of a connection in 30 minutes.")
    resolve_seconds_warning: Number = Field(
        default=_USUAL.resolve_seconds_warning, description="Asking the remotes through the cluster is slow."
    )
    lag_operations_warning: Count = Field(
        default=_USUAL.lag_operations_warning, description="Operations that a follower is behind."
    )
    lag_operations_error: Count = Field(
        default=_USUAL.lag_operations_error, description="Operations that a follower is far behind."
    )
    read_seconds_error: Number = Field(
        default=_USUAL.read_seconds_error, description="Seconds since a follower last read from its leader."
    )
    mixed_hours_warning: Number = Field(
        default=_USUAL.mixed_hours_warning, description="Hours that nodes of one cluster run different releases."
    )
    key_days_most: Number = Field(
        default=_USUAL.key_days_most,
        description="The longest life of an API key that is allowed; 0: any, also without end.",
    )
    follower_red_minutes_error: Number = Field(
        default=_USUAL.follower_red_minutes_error, description="Minutes that a follower index is red."
    )
    follower_copy_hours_info: Number = Field(
        default=_USUAL.follower_copy_hours_info, description="Hours that the first copy of a follower will still take."
    )
    follower_wait_hours_warning: Number = Field(
        default=_USUAL.follower_wait_hours_warning, description="Hours that ILM waits for a follower to catch up."
    )
