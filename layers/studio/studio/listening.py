"""Listening: what each source says people talk about, and in a sentence why one says nothing."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Literal

import httpx2

from studio.accounts import Accounts
from studio.channels.google_trends import GoogleTrends
from studio.channels.reddit import Reddit
from studio.channels.youtube import YouTube
from studio.domain.base import Phrase, Value, build_models, clean
from studio.domain.connection import NetworkName
from studio.domain.errors import Invalid, NotFound, ProviderFailed, ProviderMissing, StudioError
from studio.domain.topics import LONGEST_LINK, Evidence, Sighting, Source

_PATIENCE = httpx2.Timeout(8.0, connect=4.0)
"""A source that is slower than this is for this time a dead one: others wait for the answer."""

_OF_THE_PLACE = (NotFound, Invalid, ProviderFailed)
"""Refusals that say something of one region or subreddit. After any other the source is not asked for more."""

_NO_KEY = "The operator of this studio has stored no YouTube API key (docs/operations.md), so its charts are left out."
_LONGEST_TITLE = 300


class SourceStatus(Value):
    """What came of asking one source about one place: a region or a subreddit. `sentence` says why nothing came."""

    source: Source
    where: str
    status: Literal["ok", "empty", "failed", "not_set_up"]
    sentence: Phrase = ""
    topics: int = 0

    @property
    def answered(self) -> bool:
        """Whether the source said anything, if only that there is nothing."""
        return self.status in {"ok", "empty"}


@dataclass(frozen=True)
class Heard:
    """Everything that was heard, and what came of asking each source."""

    sightings: tuple[Sighting, ...]
    sources: tuple[SourceStatus, ...]


type _Ask = Callable[[str], list[Sighting]]


def listen(
    accounts: Accounts,
    regions: Sequence[str],
    subreddits: Sequence[str],
    *,
    wait: Callable[[float], None] = time.sleep,
) -> Heard:
    """Ask every source about every place, the sources side by side. Never raises because of a source."""
    groups: list[tuple[Source, Sequence[str], _Ask | SourceStatus]] = [
        (Source.GOOGLE_TRENDS, regions, _google(accounts, wait)),
        (Source.YOUTUBE, regions, _youtube(accounts, wait)),
        (Source.REDDIT, [f"r/{name}" for name in subreddits], _reddit(accounts, wait)),
    ]
    build_models()
    with ThreadPoolExecutor(max_workers=len(groups)) as pool:
        begun = [pool.submit(copy_context().run, lambda group=group: list(_asked(*group))) for group in groups]
        heard = [entry for future in begun for entry in future.result()]
    return Heard(
        tuple(sighting for _, sightings in heard for sighting in sightings), tuple(status for status, _ in heard)
    )


def _asked(
    source: Source, places: Sequence[str], ask: _Ask | SourceStatus
) -> Iterator[tuple[SourceStatus, list[Sighting]]]:
    dead = ""
    for where in places:
        if isinstance(ask, SourceStatus):
            yield ask.model_copy(update={"where": where}), []
            continue
        if dead:
            yield _status(source, where, "failed", f"Not asked any more: {dead}"), []
            continue
        try:
            found = ask(where)
        except StudioError as error:
            dead = "" if isinstance(error, _OF_THE_PLACE) else str(error)
            yield _status(source, where, "failed", str(error)), []
            continue
        said = "" if found else "It lists nothing there at the moment."
        yield _status(source, where, "ok" if found else "empty", said, len(found)), found


def _status(
    source: Source, where: str, status: Literal["ok", "empty", "failed"], sentence: str, topics: int = 0
) -> SourceStatus:
    return SourceStatus(source=source, where=where, status=status, sentence=sentence[:300], topics=topics)


def _not_set_up(source: Source, sentence: str) -> SourceStatus:
    return SourceStatus(source=source, where="", status="not_set_up", sentence=sentence)


def _google(accounts: Accounts, wait: Callable[[float], None]) -> _Ask:
    feed = GoogleTrends(accounts.host("google_trends"), wait=wait, timeout=_PATIENCE)

    def ask(region: str) -> list[Sighting]:
        topics = feed.topics(region)
        return [
            Sighting(
                source=Source.GOOGLE_TRENDS,
                where=region,
                title=_line(topic.title),
                place=place,
                among=len(topics),
                count=topic.searches,
                started_at=topic.started_at,
                links=_links(Source.GOOGLE_TRENDS, [(news.title, news.url) for news in topic.news[:3]]),
            )
            for place, topic in enumerate(topics, 1)
        ]

    return ask


def _youtube(accounts: Accounts, wait: Callable[[float], None]) -> _Ask | SourceStatus:
    key = accounts.api_key(NetworkName.YOUTUBE)
    if not key:
        return _not_set_up(Source.YOUTUBE, _NO_KEY)
    chart = YouTube(accounts.host("google"), key=key, wait=wait, timeout=_PATIENCE)

    def ask(region: str) -> list[Sighting]:
        films = chart.most_popular(region, limit=25)
        return [
            Sighting(
                source=Source.YOUTUBE,
                where=region,
                title=_line(film.title),
                place=place,
                among=len(films),
                count=film.views,
                started_at=film.published_at,
                links=_links(Source.YOUTUBE, [(film.title, f"https://www.youtube.com/watch?v={film.video_id}")]),
            )
            for place, film in enumerate(films, 1)
        ]

    return ask


def _reddit(accounts: Accounts, wait: Callable[[float], None]) -> _Ask | SourceStatus:
    try:
        access = accounts.application(NetworkName.REDDIT)
    except ProviderMissing as error:
        return _not_set_up(Source.REDDIT, str(error))
    listings = Reddit(accounts.host("reddit"), access, wait=wait, timeout=_PATIENCE)

    def ask(where: str) -> list[Sighting]:
        posts = listings.listing(where.removeprefix("r/"), "hot", limit=25).fit
        return [
            Sighting(
                source=Source.REDDIT,
                where=where,
                title=_line(post.title),
                place=place,
                among=len(posts),
                count=max(post.score, 0),
                started_at=post.created_at,
                links=_links(Source.REDDIT, [(post.title, post.url)]),
            )
            for place, post in enumerate(posts, 1)
        ]

    return ask


def _links(source: Source, pages: list[tuple[str, str]]) -> tuple[Evidence, ...]:
    fit = [(title, url) for title, url in pages if url.startswith(("https://", "http://")) and " " not in url]
    return tuple(Evidence(source=source, title=_line(title), url=url) for title, url in fit if len(url) <= LONGEST_LINK)


def _line(text: str) -> str:
    return " ".join(clean(text).split())[:_LONGEST_TITLE]
