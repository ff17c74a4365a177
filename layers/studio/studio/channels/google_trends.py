"""What people search for, as Google Trends' feed of a country tells it. It needs no account and no key.

SOURCE: the feed itself, https://trends.google.com/trending/rss?geo=US: RSS 2.0 with a namespace of its own, which has
changed its address twice, so its elements are known by their local names.
"""

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from studio.channels.http import TIMEOUT, Network
from studio.domain.base import Instant, Value
from studio.domain.errors import Invalid, Unavailable

FEED_BYTES = 1024 * 1024
"""The largest feed read. Ten topics with their news are about 20 kB."""

_TRAFFIC = re.compile(r"([0-9][0-9.,]*)\s*([KM]?)\+?", re.IGNORECASE)
_TIMES = {"": 1, "K": 1_000, "M": 1_000_000}


class NewsItem(Value):
    """An article about a topic."""

    title: str
    url: str
    source: str


class Topic(Value):
    """What many search for. searches: at least so many; None where the feed does not say."""

    title: str
    searches: int | None
    started_at: Instant | None
    news: tuple[NewsItem, ...]


class GoogleTrends:
    """The feed of each country."""

    def __init__(
        self, base_url: str, *, wait: Callable[[float], None] = time.sleep, timeout: httpx2.Timeout = TIMEOUT
    ) -> None:
        self._network = Network("Google Trends", base_url, wait=wait, timeout=timeout)

    def topics(self, region: str) -> tuple[Topic, ...]:
        """Return what is searched for in a region now, in the feed's order; none at all is an empty tuple.

        region: ISO 3166-1, two letters, or with a part of it: “US-CA”. Raises Invalid for anything else, Unavailable
        for a feed that cannot be read, and what `http.Network.send` raises.
        """
        if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", region):
            raise Invalid("A region is two capital letters, such as “DE”.")
        return parse(self._network.get("/trending/rss", {"geo": region}).body)


def parse(feed: bytes) -> tuple[Topic, ...]:
    """Return the topics of a feed. Raises Unavailable for one that cannot be read, or that nobody should.

    A document type is refused before anything is parsed: entities that unfold without end, or into files, need one, and
    a feed never has one. It has to be UTF-8 for that, so that no other encoding hides one. With that the standard
    library's parser is as safe as `defusedxml`, which would be one more package in every function.
    """
    unreadable = Unavailable("Google Trends answered with something that is not a feed.", sent=True)
    if len(feed) > FEED_BYTES:
        raise unreadable
    try:
        text = feed.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise unreadable
    try:
        root = ET.fromstring(text)  # noqa: S314 - no document type gets this far, see above
    except (ET.ParseError, ValueError):
        raise unreadable from None
    channel = next(_named(root, "channel"), None)
    if channel is None:
        raise unreadable
    found = [_topic(item) for item in _named(channel, "item")]
    return tuple(topic for topic in found if topic.title)


def _topic(item: ET.Element) -> Topic:
    news = [
        NewsItem(
            title=_text(entry, "news_item_title"),
            url=_text(entry, "news_item_url"),
            source=_text(entry, "news_item_source"),
        )
        for entry in _named(item, "news_item")
    ]
    return Topic(
        title=_text(item, "title"),
        searches=_searches(_text(item, "approx_traffic")),
        started_at=_moment(_text(item, "pubDate")),
        # Evidence is shown as links, and a link may do more than lead somewhere.
        news=tuple(entry for entry in news if entry.title and entry.url.startswith(("https://", "http://"))),
    )


def _searches(told: str) -> int | None:
    """Return the number in “20K+”, “1,000,000+”, “2.5M+” or “200+”."""
    found = _TRAFFIC.fullmatch(told)
    if found is None:
        return None
    try:
        return int(float(found[1].replace(",", "")) * _TIMES[found[2].upper()])
    except (ValueError, OverflowError):
        return None


def _moment(told: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _named(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in element if child.tag.rpartition("}")[2] == name)


def _text(element: ET.Element, name: str) -> str:
    found = next(_named(element, name), None)
    return " ".join((found.text or "").split()) if found is not None else ""
