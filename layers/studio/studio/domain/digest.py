"""Knowing equal things again."""

import hashlib
import json
from typing import Any


def digest_of(*parts: Any) -> str:
    """Return the SHA-256 (hex) of JSON-like values, the same for equal values whatever their key order."""
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
