"""Google Trends' feed on loopback, as https://trends.google.com/trending/rss?geo=US looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.fakes.grants import Grants
from tests.fakes.wire import Answer, Asked, Route


@dataclass(frozen=True)
class Searched:
    """A topic of the feed. news: title, address and source of each article."""

    title: str
    traffic: str = "200+"
    published: str = "Mon, 2 Nov 2026 17:10:00 -0800"
    news: tuple[tuple[str, str, str], ...] = ()


class GoogleTrendsApi:
    """The feeds, per region. A region without one answers 404."""

    def __init__(self, grants: Grants) -> None:
        self.searched: dict[str, list[Searched]] = {
            "US": [
                Searched(
                    "sourdough finale",
                    "20K+",
                    news=(("Who rose & who fell", "https://news.example/finale?a=1&b=2", "The Crumb"),),
                )
            ]
        }

    def routes(self) -> Iterable[Route]:
        """Return the one operation."""
        return (Route("GET", "google_trends", "/trending/rss", self._feed),)

    def _feed(self, asked: Asked) -> Answer:
        found = self.searched.get(asked.query.get("geo", ""))
        if found is None:
            return Answer(404, b"<html>Error 404</html>", {"Content-Type": "text/html"})
        return Answer(200, feed(found), {"Content-Type": "application/rss+xml; charset=utf-8"})


def feed(searched: Iterable[Searched], namespace: str = "https://trends.google.com/trending/rss") -> str:
    """Return a feed of these topics."""
    items = "".join(_item(each) for each in searched)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<rss xmlns:atom="http://www.w3.org/2005/Atom" xmlns:ht="{namespace}" version="2.0"><channel>'
        "<title>Daily Search Trends</title><description>Recent searches</description>"
        f"<link>https://trends.google.com/trending/rss?geo=US</link>{items}</channel></rss>"
    )


def _item(searched: Searched) -> str:
    news = "".join(
        f"<ht:news_item><ht:news_item_title>{escape(title)}</ht:news_item_title><ht:news_item_snippet/>"
        f"<ht:news_item_url>{escape(url)}</ht:news_item_url>"
        f"<ht:news_item_source>{escape(source)}</ht:news_item_source></ht:news_item>"
        for title, url, source in searched.news
    )
    return (
        f"<item><title>{escape(searched.title)}</title><ht:approx_traffic>{searched.traffic}</ht:approx_traffic>"
        "<description/><link>https://trends.google.com/trending/rss?geo=US</link>"
        f"<pubDate>{searched.published}</pubDate><ht:picture>https://pictures.example/1</ht:picture>{news}</item>"
    )
