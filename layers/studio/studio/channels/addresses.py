"""Where each network answers, as data, so that a stand-in and the real thing differ in nothing else."""

from typing import Literal

Host = Literal[
    "google",
    "google_oauth",
    "google_token",
    "google_trends",
    "youtube_analytics",
    "tiktok",
    "tiktok_oauth",
    "instagram",
    "instagram_oauth",
    "instagram_token",
    "x",
    "x_oauth",
    "reddit",
    "reddit_oauth",
    "stripe",
    "amazon",
    "amazon_oauth",
]

_PUBLISHED: dict[Host, str] = {
    "google": "https://www.googleapis.com",
    "google_oauth": "https://accounts.google.com",
    "google_token": "https://oauth2.googleapis.com",
    "google_trends": "https://trends.google.com",
    "youtube_analytics": "https://youtubeanalytics.googleapis.com",
    "tiktok": "https://open.tiktokapis.com",
    "tiktok_oauth": "https://www.tiktok.com",
    "instagram": "https://graph.instagram.com",
    "instagram_oauth": "https://www.instagram.com",
    "instagram_token": "https://api.instagram.com",
    "x": "https://api.x.com",
    "x_oauth": "https://x.com",
    "reddit": "https://oauth.reddit.com",
    "reddit_oauth": "https://www.reddit.com",
    "stripe": "https://api.stripe.com",
    "amazon": "https://creatorsapi.amazon",
    "amazon_oauth": "https://api.amazon.com",
}


def address(host: Host, gateway: str = "") -> str:
    """Return the base URL of a host, without a slash at its end.

    gateway: stands in front of all of them where it is set, and finds each under its name: `<gateway>/<host>`.
    """
    return f"{gateway.rstrip('/')}/{host}" if gateway else _PUBLISHED[host]
