"""Where the networks give out tokens: consent pages that consent at once, and token endpoints in each one's own shape.

Shapes: RFC 6749 and 7636; developers.google.com/identity/protocols/oauth2/web-server, developers.tiktok.com/doc/
oauth-user-access-token-management, developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/
business-login, docs.x.com/fundamentals/authentication/oauth-2-0, github.com/reddit-archive/reddit/wiki/OAuth2.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.fakes.grants import Code, Grant, Grants, Refused
from tests.fakes.wire import Answer, Asked, Json, Route

_INSTAGRAM_SECONDS = 5_184_000


@dataclass(frozen=True)
class _Style:
    """How one network differs: who the client is called, where it proves itself, what separates scopes."""

    name: str
    client: str = "client_id"
    basic: bool = False
    pkce: bool = False
    between: str = " "
    rotates: bool = False
    seconds: int = 3600
    error_status: int = 400


_GOOGLE = _Style("google", pkce=True, seconds=3599)
_TIKTOK = _Style("tiktok", client="client_key", between=",", rotates=True, seconds=86_400, error_status=200)
_INSTAGRAM = _Style("instagram", between=",")
_X = _Style("x", basic=True, pkce=True, rotates=True, seconds=7200)
# It answers what goes wrong with a grant under 200.
_REDDIT = _Style("reddit", basic=True, seconds=86_400, error_status=200)


class OAuthApi:
    """Consent pages, token endpoints and revocation of Google, TikTok, Instagram, X and Reddit.

    denies: the person at the consent page says no. leaves_out: scopes that person unticks.
    """

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self.denies = False
        self.leaves_out: set[str] = set()

    def routes(self) -> Iterable[Route]:
        """Return the endpoints at the hosts where each network keeps them."""
        return (
            Route("GET", "google_oauth", "/o/oauth2/v2/auth", self._consent(_GOOGLE)),
            Route("POST", "google_token", "/token", self._token(_GOOGLE)),
            Route("POST", "google_token", "/revoke", self._revoke(_GOOGLE)),
            Route("GET", "tiktok_oauth", "/v2/auth/authorize/", self._consent(_TIKTOK)),
            Route("POST", "tiktok", "/v2/oauth/token/", self._token(_TIKTOK)),
            Route("POST", "tiktok", "/v2/oauth/revoke/", self._revoke(_TIKTOK)),
            Route("GET", "instagram_oauth", "/oauth/authorize", self._consent(_INSTAGRAM)),
            Route("POST", "instagram_token", "/oauth/access_token", self._token(_INSTAGRAM)),
            Route("GET", "instagram", "/access_token", self._instagram_long),
            Route("GET", "instagram", "/refresh_access_token", self._instagram_refresh),
            Route("GET", "x_oauth", "/i/oauth2/authorize", self._consent(_X)),
            Route("POST", "x", "/2/oauth2/token", self._token(_X)),
            Route("POST", "x", "/2/oauth2/revoke", self._revoke(_X)),
            Route("GET", "reddit_oauth", "/api/v1/authorize", self._consent(_REDDIT)),
            Route("POST", "reddit_oauth", "/api/v1/access_token", self._token(_REDDIT)),
            Route("POST", "reddit_oauth", "/api/v1/revoke_token", self._revoke(_REDDIT)),
        )

    def _consent(self, style: _Style) -> Callable[[Asked], Answer]:
        def page(asked: Asked) -> Answer:
            query = asked.query
            if query.get(style.client) != self._grants.client_id or query.get("response_type") != "code":
                return Answer(400, "The application is not known.", {"Content-Type": "text/plain"})
            if style.pkce and query.get("code_challenge_method") != "S256":
                return Answer(400, "A code challenge is needed.", {"Content-Type": "text/plain"})
            back = {"state": query.get("state", "")}
            if self.denies:
                back["error"] = "access_denied"
            else:
                asked_for = query.get("scope", "").split(style.between)
                code = self._grants.code(
                    Code(
                        network=style.name,
                        account=self._grants.account,
                        scopes=tuple(scope for scope in asked_for if scope and scope not in self.leaves_out),
                        redirect_uri=query.get("redirect_uri", ""),
                        challenge=query.get("code_challenge") if style.pkce else None,
                        offline=_offline(style, query.get, asked_for),
                    )
                )
                back["code"] = code + ("#_" if style is _INSTAGRAM else "")
            target = query.get("redirect_uri", "")
            # Instagram's fragment is part of the address, not of the code.
            told = urlencode(back, safe="#" if style is _INSTAGRAM else "")
            return Answer(302, b"", {"Location": f"{target}{'&' if '?' in target else '?'}{told}"})

        return page

    def _token(self, style: _Style) -> Callable[[Asked], Answer]:
        def endpoint(asked: Asked) -> Answer:
            form = asked.form()
            self._prove(style, asked, form)
            match form.get("grant_type"):
                case "authorization_code":
                    return self._given(style, self._exchanged(style, form))
                case "refresh_token" if style is not _INSTAGRAM:
                    grant = self._grants.renew(
                        style.name, form.get("refresh_token", ""), seconds=style.seconds, rotate=style.rotates
                    )
                    if grant is None:
                        raise _wrong(style, "invalid_grant", "Token has been expired or revoked.")
                    return self._given(style, grant, renewed=True)
                case "client_credentials" if style is _REDDIT:
                    return self._given(style, self._grants.grant("reddit", ("*",), seconds=86_400, refresh=False))
            raise _wrong(style, "unsupported_grant_type", "That is not a grant type.")

        return endpoint

    def _revoke(self, style: _Style) -> Callable[[Asked], Answer]:
        def endpoint(asked: Asked) -> Answer:
            form = asked.form()
            if style is not _GOOGLE:
                self._prove(style, asked, form)
            known = self._grants.revoke(form.get("token", asked.query.get("token", "")))
            if style is _GOOGLE and not known:
                return Answer(400, {"error": "invalid_token", "error_description": "Token expired or revoked"})
            if style is _REDDIT:
                return Answer(204)
            return Answer(200, {"revoked": True} if style is _X else {})

        return endpoint

    def _prove(self, style: _Style, asked: Asked, form: dict[str, str]) -> None:
        if style.basic:
            told = base64.b64encode(f"{self._grants.client_id}:{self._grants.client_secret}".encode()).decode()
            proven = asked.headers.get("authorization") == f"Basic {told}"
        else:
            proven = (form.get(style.client), form.get("client_secret")) == (
                self._grants.client_id,
                self._grants.client_secret,
            )
        if not proven:
            raise _wrong(style, "invalid_client", "The application did not prove who it is.", status=401)

    def _exchanged(self, style: _Style, form: dict[str, str]) -> Grant:
        code = self._grants.spend(style.name, form.get("code", ""))
        if code is None or code.redirect_uri != form.get("redirect_uri"):
            raise _wrong(style, "invalid_grant", "The code is spent, or for another address.")
        if code.challenge is not None and code.challenge != _challenge(form.get("code_verifier", "")):
            raise _wrong(style, "invalid_grant", "The verifier is not the challenge's.")
        return self._grants.grant(
            style.name, code.scopes, account=code.account, seconds=style.seconds, refresh=code.offline
        )

    def _given(self, style: _Style, grant: Grant, *, renewed: bool = False) -> Answer:
        seconds = round(grant.expires_at - self._grants.clock())
        told: Json = {
            "access_token": grant.access,
            "token_type": "bearer",
            "expires_in": seconds,
            "scope": style.between.join(grant.scopes),
        }
        # Google gives the refresh token once, and stays silent about it when the access token is renewed.
        if grant.refresh is not None and not (renewed and style is _GOOGLE):
            told["refresh_token"] = grant.refresh
        if style is _TIKTOK:
            told |= {"open_id": grant.account, "refresh_expires_in": 31_536_000}
        if style is _INSTAGRAM:
            short = {"access_token": grant.access, "user_id": grant.account, "permissions": ",".join(grant.scopes)}
            return Answer(200, {"data": [short]})
        return Answer(200, told)

    def _instagram_long(self, asked: Asked) -> Answer:
        query = asked.query
        if query.get("grant_type") != "ig_exchange_token" or query.get("client_secret") != self._grants.client_secret:
            return _graph_error(101, "Error validating application.")
        return self._instagram_given(query.get("access_token", ""))

    def _instagram_refresh(self, asked: Asked) -> Answer:
        if asked.query.get("grant_type") != "ig_refresh_token":
            return _graph_error(100, "Unsupported grant type.")
        return self._instagram_given(asked.query.get("access_token", ""))

    def _instagram_given(self, access: str) -> Answer:
        # The access token is its own refresh token here, and an expired one cannot be renewed.
        try:
            old = self._grants.check("instagram", access)
        except Refused:
            return _graph_error(190, "Error validating access token: the session has expired.")
        grant = self._grants.grant(
            "instagram", old.scopes, account=old.account, seconds=_INSTAGRAM_SECONDS, refresh=False
        )
        return Answer(200, {"access_token": grant.access, "token_type": "bearer", "expires_in": _INSTAGRAM_SECONDS})


def _offline(style: _Style, told: Callable[[str], str | None], scopes: list[str]) -> bool:
    match style.name:
        case "google":
            return told("access_type") == "offline"
        case "x":
            return "offline.access" in scopes
        case "reddit":
            return told("duration") == "permanent"
        case "instagram":
            return False
    return True


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _wrong(style: _Style, error: str, description: str, status: int | None = None) -> Answer:
    if style is _INSTAGRAM:
        return Answer(400, {"error_type": "OAuthException", "code": 400, "error_message": description})
    return Answer(status or style.error_status, {"error": error, "error_description": description})


def _graph_error(code: int, message: str) -> Answer:
    return Answer(400, {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}})
