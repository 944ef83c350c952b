"""The files of trusted certificates: whether they are what they should be, and hold the CA that is meant."""

from __future__ import annotations

NO_FILE = "no CA file is configured for this remote: the public roots are trusted"
