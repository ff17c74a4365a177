"""A shop for tests: an episode with pictures, Stripe on loopback, and buyers who come without a token."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.digital_product_bot import app as bot
from functions.downloads import app as downloads
from functions.stripe_webhook import app as webhook
from studio.domain.episode import ClipStatus, Episode, Status
from studio.entry import Settings, Studio
from studio.packaging import ProductReport, ProductRequest
from tests.conftest import Answer, Clock, call, public_event
from tests.fakes.networks import Networks
from tests.fakes.stripe_api import KEY, StripeApi, event, signature
from tests.unit.made import a_picture, moved, stored
from tests.unit.memory import MemoryAws

SECRET = "whsec_of_amina"
PRICE = {"amount": "5.00", "currency": "USD"}
QUICK = ("script_pdf", "stills_zip")
WIDE = (1344, 768)
COMPLETED, LATER = "checkout.session.completed", "checkout.session.async_payment_succeeded"


@pytest.fixture(scope="module")
def _networks() -> Iterator[Networks]:
    with Networks() as networks:
        yield networks


@pytest.fixture
def clock(aws: MemoryAws, _networks: Networks, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of everything, Stripe's and the limits' too."""
    clock = Clock()
    _networks.reset()
    _networks.grants.clock = lambda: clock.at.timestamp()
    monkeypatch.setenv("CHANNELS_GATEWAY", _networks.url)

    def opened_for(owner: str, take: int | None = None) -> Studio:
        return Studio(owner, Settings.from_environment(), take, clock=clock)

    monkeypatch.setattr(Studio, "opened_for", opened_for)
    return clock


@dataclass
class Shop:
    """Amina's episode and her Stripe account. code: where Stripe calls back."""

    networks: Networks
    clock: Clock
    episode: Episode
    code: str
    told: int = 0

    @property
    def studio(self) -> Studio:
        return Studio.opened_for("amina")

    @property
    def stripe(self) -> StripeApi:
        return self.networks.service(StripeApi)

    def draft(self, **request: Any) -> ProductReport:
        """Draft a product, without wallpapers unless asked for: they take a while."""
        given = {"episode_id": self.episode.episode_id, "price": PRICE, "what": QUICK} | request
        return bot.sell(ProductRequest.model_validate(given), self.studio)

    def approve(self, report: ProductReport) -> str:
        assert report.content_hash is not None, report
        self.studio.approvals.decide(report.content_hash, "approve", "", self.clock.at)
        return report.content_hash

    def publish(self, hashed: str, **request: Any) -> ProductReport:
        given = {"episode_id": self.episode.episode_id, "mode": "publish", "content_hash": hashed} | request
        return bot.sell(ProductRequest.model_validate(given), self.studio)

    def on_sale(self, **request: Any) -> ProductReport:
        return self.publish(self.approve(self.draft(**request)))

    def tell(self, kind: str, thing: Any) -> Answer:
        """Let Stripe tell of something, signed."""
        self.told += 1
        at = int(self.clock.at.timestamp())
        body = event(kind, thing, at, f"evt_{self.told}")
        headers = {"Stripe-Signature": signature(body, SECRET, at), "Content-Type": "application/json"}
        path = f"/webhooks/stripe/{self.code}"
        return call(webhook.handler, public_event("POST", path, body.decode(), headers=headers))

    def paid(self, report: ProductReport, **changes: Any) -> Any:
        """Let somebody have paid, and Stripe have told of it."""
        session = self.stripe.pay(report.product.payment_link)
        session |= changes
        assert self.tell(COMPLETED, session).status == 200
        return session

    def back(self, report: ProductReport, session_id: str, code: str = "") -> Answer:
        """Come back from paying as a browser does."""
        path = f"/purchases/{code or report.product.page}"
        return come(path, {"session_id": session_id})


@pytest.fixture
def shop(clock: Clock, _networks: Networks) -> Shop:
    studio = Studio.opened_for("amina")
    return Shop(_networks, clock, shot(studio), connect(studio))


def connect(studio: Studio, secret: str = SECRET, key: str = KEY) -> str:
    """Connect Stripe, and return the code under which it calls back."""
    from studio.domain.connection import NetworkName

    told = {"api_key": key} | ({"signing_secret": secret} if secret else {})
    studio.accounts.connect_by_key(NetworkName.STRIPE, told)
    return studio.webhooks.renew("stripe")


def shot(studio: Studio, size: tuple[int, int] = WIDE, clips: int = 2, **changes: Any) -> Episode:
    """Return an episode whose pictures are there."""
    episode = stored(studio, clips=clips, **changes)
    for number in range(1, clips + 1):
        picture = a_picture(size=size, shade=60 + number)
        name = f"clips/{number}.png"
        studio.videos.put(f"{episode.episode_id}/{name}", picture, "image/png")
        studio.episodes.update_clip(
            episode.episode_id,
            number,
            studio.clock(),
            status=ClipStatus.RENDERED,
            name=name,
            sha256=hashlib.sha256(picture).hexdigest(),
            draft=True,
        )
    return moved(studio, episode, Status.FAILED)


def come(path: str, query: dict[str, str] | None = None, address: str = "203.0.113.7") -> Answer:
    """Ask for a page as a browser does, without a token."""
    asked = public_event("GET", path, headers={"Accept": "text/html"}, address=address)
    asked["queryStringParameters"] = query
    asked["multiValueQueryStringParameters"] = {name: [value] for name, value in (query or {}).items()} or None
    return call(downloads.handler, asked)


def links(shown: Answer) -> list[str]:
    """Return where a page of files leads, as paths."""
    return [f"/downloads/{found}" for found in re.findall(r'href="([^"]+)"', shown.body)]


def dumped(report: ProductReport) -> Any:
    return json.loads(report.model_dump_json())
