"""Reddit on loopback: listings and who asks, with its rate limit in headers.

SOURCE: www.reddit.com/dev/api and support.reddithelp.com, “Reddit Data API Wiki”.
"""

from collections.abc import Iterable

from tests.fakes.grants import Grants, Refused
from tests.fakes.wire import Answer, Asked, Json, Route


class RedditApi:
    """Subreddits and what is left of the allowance.

    posts: per subreddit, best first. private: subreddits that are not for everybody. remaining: calls left; reset:
    seconds until there are new ones.
    """

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self.posts: dict[str, list[Json]] = {"television": []}
        self.private: set[str] = set()
        self.remaining = 996.0
        self.reset = 300

    def routes(self) -> Iterable[Route]:
        """Return the operations of its OAuth host."""
        kinds = ("hot", "rising", "top")
        return (
            *(Route("GET", "reddit", f"/r/{{subreddit}}/{kind}", self._listing) for kind in kinds),
            Route("GET", "reddit", "/api/v1/me", self._me),
        )

    def post(self, title: str, subreddit: str = "television", **more: object) -> Json:
        """Let there be a post. more: fields that differ from the usual."""
        listed = self.posts.setdefault(subreddit, [])
        name = f"t3_{len(listed) + 1}"
        made: Json = {
            "name": name,
            "id": name[3:],
            "subreddit": subreddit,
            "title": title,
            "selftext": "",
            "author": "someone",
            "permalink": f"/r/{subreddit}/comments/{name[3:]}/",
            "url": "https://example.com/article",
            "score": 1200,
            "num_comments": 34,
            "upvote_ratio": 0.97,
            "created_utc": 1_795_000_000.0,
            "over_18": False,
            "stickied": False,
            "removed_by_category": None,
            **more,
        }
        listed.append({"kind": "t3", "data": made})
        return made

    def _listing(self, asked: Asked) -> Answer:
        self._allowed(asked)
        if self.remaining < 1:
            return Answer(429, b"", self._headers())
        self.remaining -= 1
        subreddit = asked.params["subreddit"]
        if subreddit in self.private:
            return Answer(403, {"reason": "private", "message": "Forbidden", "error": 403}, self._headers())
        if subreddit not in self.posts:
            where = f"https://www.reddit.com/subreddits/search?q={subreddit}"
            return Answer(302, b"", {"Location": where, **self._headers()})
        listed, most = self.posts[subreddit], int(asked.query.get("limit", 25))
        after = asked.query.get("after")
        at = next((n + 1 for n, each in enumerate(listed) if each["data"]["name"] == after), 0)
        page = listed[at : at + most]
        cursor = page[-1]["data"]["name"] if at + most < len(listed) else None
        told = {"kind": "Listing", "data": {"after": cursor, "before": None, "dist": len(page), "children": page}}
        return Answer(200, told, self._headers())

    def _me(self, asked: Asked) -> Answer:
        account = self._allowed(asked)
        if account is None:
            return Answer(403, {"message": "Forbidden", "error": 403})
        return Answer(200, {"id": "1w72", "name": account})

    def _allowed(self, asked: Asked) -> str | None:
        """Return the account behind the token; None for the application's own."""
        agent = asked.headers.get("user-agent", "")
        if not agent or agent.startswith("python-"):
            raise Answer(429, {"message": "Too Many Requests", "error": 429})
        try:
            grant = self._grants.check("reddit", asked.token)
        except Refused:
            raise Answer(401, {"message": "Unauthorized", "error": 401}) from None
        return grant.account if grant.scopes != ("*",) else None

    def _headers(self) -> dict[str, str]:
        return {
            "x-ratelimit-used": str(round(996 - self.remaining)),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(self.reset),
        }
