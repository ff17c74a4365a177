"""Measured figures of one channel's videos.

SOURCE: developers.google.com/youtube/analytics/reference/reports/query, /metrics, /dimensions and /channel_reports.
Figures arrive two to three days late, and a video that few people saw has no retention at all.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

import httpx2
from pydantic import Field, JsonValue, ValidationError

from studio.channels.google import google_network
from studio.channels.http import TIMEOUT, Access, Received
from studio.domain.errors import Invalid, Unavailable

_FIGURES = (
    "views,likes,comments,shares,estimatedMinutesWatched,averageViewDuration,averageViewPercentage,subscribersGained"
)
_LONGEST_LIST = 200


class RetentionPoint(Received):
    """One of a hundred moments of a video. elapsed: of its length, over 0 to 1. watching: of its views, the share seen
    at this moment, over 1 where people go back. relative: beside other videos of this length, 0 worst to 1 best.
    """

    elapsed: float = Field(validation_alias="elapsedVideoTimeRatio", ge=0, le=1)
    watching: float = Field(validation_alias="audienceWatchRatio", ge=0)
    relative: float | None = Field(None, validation_alias="relativeRetentionPerformance")


class Figures(Received):
    """Counts of a stretch of time. minutes_watched: of all views together. average_seconds: of one view;
    average_percent: the same as a share of the video's length, 0 to 100 or over.
    """

    views: int = 0
    likes: int = 0
    comments: int = 0
    shares: int = 0
    minutes_watched: float = Field(0, validation_alias="estimatedMinutesWatched")
    average_seconds: float = Field(0, validation_alias="averageViewDuration")
    average_percent: float = Field(0, validation_alias="averageViewPercentage")
    subscribers_gained: int = Field(0, validation_alias="subscribersGained")


class DayFigures(Figures):
    """The figures of a day, in California's time."""

    day: date


class VideoFigures(Figures):
    """The figures of a video."""

    video_id: str = Field(validation_alias="video")


class YouTubeAnalytics:
    """One channel's reports. Both ends of a stretch belong to it. Methods raise what `http.Network.send` raises.

    Nothing measured is an empty tuple, not an error.
    """

    def __init__(
        self,
        base_url: str,
        access: Access,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], None] = time.sleep,
        timeout: httpx2.Timeout = TIMEOUT,
    ) -> None:
        self._network = google_network("YouTube Analytics", base_url, access, wait=wait, timeout=timeout, clock=clock)

    def retention(self, video_id: str, start: date, end: date) -> tuple[RetentionPoint, ...]:
        """Return how a video holds its audience, from its first moment to its last."""
        found = self._report(
            RetentionPoint,
            start,
            end,
            dimensions="elapsedVideoTimeRatio",
            metrics="audienceWatchRatio,relativeRetentionPerformance",
            filters=f"video=={_plain(video_id)}",
        )
        return tuple(sorted(found, key=lambda point: point.elapsed))

    def daily(self, start: date, end: date, video_id: str | None = None) -> tuple[DayFigures, ...]:
        """Return the figures day by day, of a video or of the channel, oldest first. Days without are left out."""
        filters = {"filters": f"video=={_plain(video_id)}"} if video_id else {}
        return self._report(DayFigures, start, end, dimensions="day", metrics=_FIGURES, sort="day", **filters)

    def by_video(self, start: date, end: date, limit: int = 50) -> tuple[VideoFigures, ...]:
        """Return the figures of the most viewed videos, at most 200, the most viewed first."""
        most = str(min(max(limit, 1), _LONGEST_LIST))
        return self._report(
            VideoFigures, start, end, dimensions="video", metrics=_FIGURES, sort="-views", maxResults=most
        )

    def _report[T: Received](self, row: type[T], start: date, end: date, **asked: str) -> tuple[T, ...]:
        if start > end:
            raise Invalid("The stretch ends before it begins.")
        stretch = {"ids": "channel==MINE", "startDate": start.isoformat(), "endDate": end.isoformat()}
        answer = self._network.get("/v2/reports", stretch | asked)
        report = self._network.read(answer, _Report)
        names = [column.name for column in report.columns]
        # By name, because the order of columns is the network's affair.
        told = [dict(zip(names, values, strict=False)) for values in report.rows]
        return tuple(self._row(row, values) for values in told)

    def _row[T: Received](self, row: type[T], values: Mapping[str, JsonValue]) -> T:
        known = {name: value for name, value in values.items() if value is not None}
        try:
            return row.model_validate(known)
        except ValidationError as error:
            raise Unavailable("YouTube Analytics answered with something that is not an answer.", sent=True) from error


class _Column(Received):
    name: str


class _Report(Received):
    columns: tuple[_Column, ...] = Field((), validation_alias="columnHeaders")
    # The field is left out where there is nothing to tell.
    rows: tuple[tuple[JsonValue, ...], ...] = ()


def _plain(video_id: str) -> str:
    """Return an id that cannot say more than an id in a filter. Raises Invalid."""
    if not video_id.replace("-", "").replace("_", "").isalnum() or not video_id.isascii():
        raise Invalid("That is no id of a YouTube video.")
    return video_id
