"""What each network's OAuth 2 asks for, as data.

SOURCE: developers.google.com/identity/protocols/oauth2/web-server and /scopes; developers.tiktok.com/doc/
login-kit-web, oauth-user-access-token-management and tiktok-api-scopes; developers.facebook.com/docs/
instagram-platform/instagram-api-with-instagram-login/business-login; docs.x.com/fundamentals/authentication/oauth-2-0/
authorization-code; github.com/reddit-archive/reddit/wiki/OAuth2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from studio.channels.addresses import Host

NetworkName = Literal["google", "tiktok", "instagram", "x", "reddit"]
Capability = Literal["profile", "publish", "figures", "comments", "live", "browse"]
"""What a connection may be for: who it is, posting, measured figures, comments, live events, public lists."""


@dataclass(frozen=True)
class OAuthNetwork:
    """One network's dialect.

    authorize, token, revoke: where, as a host and a path; revoke is None where the network publishes no way. scopes:
    what each capability needs; a capability that is not there is not to be had. always: scopes asked for whatever the
    capability. pkce: whether it checks RFC 7636 for applications with a secret. basic: the application proves itself
    in the header, not in the form. client_field: what it calls the application's id. between: what separates scopes.
    extra: parameters of the consent page that make a refresh token come. rotates: each refresh token renews once.
    """

    title: str
    authorize: tuple[Host, str]
    token: tuple[Host, str]
    revoke: tuple[Host, str] | None
    scopes: Mapping[Capability, tuple[str, ...]]
    always: tuple[str, ...] = ()
    pkce: bool = False
    basic: bool = False
    client_field: str = "client_id"
    between: str = " "
    extra: Mapping[str, str] = field(default_factory=dict)
    rotates: bool = False

    def needed(self, capabilities: Iterable[Capability]) -> tuple[str, ...]:
        """Return the scopes that these capabilities need, each once. Those the network does not have add none."""
        asked = [scope for capability in capabilities for scope in self.scopes.get(capability, ())]
        return tuple(dict.fromkeys((*asked, *self.always)))


_GOOGLE = "https://www.googleapis.com/auth/"

NETWORKS: Mapping[NetworkName, OAuthNetwork] = {
    "google": OAuthNetwork(
        title="Google",
        authorize=("google_oauth", "/o/oauth2/v2/auth"),
        token=("google_token", "/token"),
        revoke=("google_token", "/revoke"),
        scopes={
            "profile": (f"{_GOOGLE}youtube.readonly",),
            "publish": (f"{_GOOGLE}youtube.upload", f"{_GOOGLE}youtube.force-ssl"),
            "figures": (f"{_GOOGLE}youtube.readonly", f"{_GOOGLE}yt-analytics.readonly"),
            "comments": (f"{_GOOGLE}youtube.force-ssl",),
            "live": (f"{_GOOGLE}youtube.force-ssl",),
            "browse": (f"{_GOOGLE}youtube.readonly",),
        },
        pkce=True,
        # Without `prompt` a second consent brings no refresh token, and the first one may be lost by then.
        extra={"access_type": "offline", "prompt": "consent", "include_granted_scopes": "true"},
    ),
    "tiktok": OAuthNetwork(
        title="TikTok",
        authorize=("tiktok_oauth", "/v2/auth/authorize/"),
        token=("tiktok", "/v2/oauth/token/"),
        revoke=("tiktok", "/v2/oauth/revoke/"),
        scopes={
            "profile": ("user.info.basic",),
            "publish": ("user.info.basic", "video.publish", "video.upload"),
            "figures": ("user.info.basic", "video.list"),
        },
        # It checks a verifier only for desktop and mobile applications.
        client_field="client_key",
        between=",",
        rotates=True,
    ),
    "instagram": OAuthNetwork(
        title="Instagram",
        authorize=("instagram_oauth", "/oauth/authorize"),
        token=("instagram_token", "/oauth/access_token"),
        revoke=None,
        scopes={
            "profile": ("instagram_business_basic",),
            "publish": ("instagram_business_basic", "instagram_business_content_publish"),
            "figures": ("instagram_business_basic", "instagram_business_manage_insights"),
            "comments": ("instagram_business_basic", "instagram_business_manage_comments"),
        },
        between=",",
    ),
    "x": OAuthNetwork(
        title="X",
        authorize=("x_oauth", "/i/oauth2/authorize"),
        token=("x", "/2/oauth2/token"),
        revoke=("x", "/2/oauth2/revoke"),
        scopes={
            "profile": ("users.read", "tweet.read"),
            "publish": ("users.read", "tweet.read", "tweet.write", "media.write"),
            "figures": ("users.read", "tweet.read"),
            "comments": ("users.read", "tweet.read", "tweet.write"),
        },
        # The scope that makes a refresh token come.
        always=("offline.access",),
        pkce=True,
        basic=True,
        rotates=True,
    ),
    "reddit": OAuthNetwork(
        title="Reddit",
        authorize=("reddit_oauth", "/api/v1/authorize"),
        token=("reddit_oauth", "/api/v1/access_token"),
        revoke=("reddit_oauth", "/api/v1/revoke_token"),
        scopes={"profile": ("identity",), "browse": ("read",)},
        basic=True,
        extra={"duration": "permanent"},
    ),
}
