"""Text in the formats that a JSON schema names: dates, links, addresses and the like."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from random import Random

from studio.generation.draft.sources import Sources

_FIRST_DAY = datetime(2026, 1, 1, 9, tzinfo=UTC)
"""There is no clock here: where the material gives no date, dates are counted from this one."""
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?")


def formatted(form: str, sources: Sources, rng: Random, tries: int) -> str | None:
    """Return a text in the JSON-schema format `form`, from the sources where they have one; None for an unknown format.

    tries: how often such a text has been refused.
    """
    dates = [m.group(0) for text in sources.texts if (m := _ISO_DATE.search(text))]
    # Dates that a validator refuses are tried far in the future and far in the past.
    far = (timedelta(), timedelta(days=36_500), timedelta(days=-9_000))[tries % 3]
    moment = _FIRST_DAY + timedelta(days=rng.randrange(300), minutes=30 * rng.randrange(20)) + far
    text = sources.keyword(tries)
    link = next((m.group(0) for t in sources.texts if (m := re.search(r"https?://[^\s\"'<>]+", t))), None)
    match form:
        case "date-time":
            return dates[0] if dates and "T" in dates[0] and not tries else moment.isoformat().replace("+00:00", "Z")
        case "date":
            return dates[0][:10] if dates and not tries else moment.date().isoformat()
        case "time":
            return f"{moment.time().isoformat()}Z"
        case "duration":
            return f"PT{rng.randrange(5, 120)}S"
        case "uuid" | "uuid1" | "uuid3" | "uuid4" | "uuid5":
            return str(uuid.UUID(int=rng.getrandbits(128), version=int(form[4:] or 4)))
        case "uri" | "url" | "http-url" | "multi-host-uri":
            return link if link and not tries else "https://example.com/draft"
        case "email" | "name-email":
            return "draft@example.com"
        case "ipv4" | "ipvanyaddress":
            return "192.0.2.1"
        case "ipv6":
            return "2001:db8::1"
        case "path" | "file-path" | "directory-path":
            return "draft"
        case "json-string":
            return "{}"
        case "binary" | "base64" | "base64url" | "password":
            return re.sub(r"[^A-Za-z0-9]", "", text)[:8].ljust(8, "a") if form != "password" else text
        case _:
            return None
