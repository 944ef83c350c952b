"""What can be wrong with bytes that should be the transport protocol."""

from __future__ import annotations


class WireError(ValueError):
    """The bytes are no message of the transport protocol; the text says where, what, and what was expected."""


class NotTransport(WireError):  # noqa: N818 -- it names what the bytes are not.
    """The bytes do not begin as every message does."""


class Truncated(WireError):  # noqa: N818 -- it names what the message is.
    """The message ends before what it announces."""


class TooLarge(WireError):  # noqa: N818 -- it names what the message is.
    """The message announces more than is taken in."""


class Malformed(WireError):  # noqa: N818 -- it names what the message is.
    """The message contradicts itself or the protocol."""
