"""What is drafted is what is approved is what is sold: files by their hashes, a price, words, and one link."""

import hashlib
import io
import zipfile
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from PIL import Image
from pydantic import ValidationError

from functions.digital_product_bot import app as bot
from functions.episodes import app as episodes
from functions.products import app as products
from studio.domain.approval import ApprovalStatus
from studio.domain.connection import NetworkName
from studio.domain.episode import Status
from studio.domain.errors import BadAnswer, Conflict, NotApproved, NotConnected, NotFound, ProviderFailed
from studio.domain.product import ProductPart, ProductStatus
from studio.domain.product_copy import ProductCopy
from studio.entry import Studio
from studio.packaging import ACCOUNTLESS, REHEARSED, ProductRequest
from studio.selling import CONNECT, NO_WEBHOOK, UNSIGNED
from tests.conftest import Clock, call, http_event
from tests.fakes.stripe_api import KEY
from tests.unit.functions.selling import PRICE, QUICK, SECRET, Shop, _networks, clock, connect, dumped, shop, shot
from tests.unit.made import ListedWriter, moved, stored

__all__ = ["_networks", "clock", "shop"]

LINKS = "/v1/payment_links"
REFUSED = {"error": {"type": "invalid_request_error", "message": "It lacks a permission."}}
ALL = list(ProductPart)


def asked(episode_id: str, **request: Any) -> ProductRequest:
    return ProductRequest.model_validate({"episode_id": episode_id, "price": PRICE, "what": QUICK} | request)


# -- the files


def test_a_draft_makes_three_files_and_says_what_is_in_each(shop: Shop) -> None:
    report = shop.draft(what=ALL)
    files = {file.name: file for file in report.product.files}
    assert [file.part for file in report.product.files] == list(ProductPart)
    assert files["stills.zip"].holds == "2 stills (1344 × 768)"
    assert files["wallpapers.zip"].holds == "2 wallpapers (desktop 1920 × 1080; fitted from the stills)"
    assert files["script.pdf"].label == "The-Dinner-script.pdf"
    for file in report.product.files:
        place = f"{shop.episode.episode_id}/products/{report.product.product_id}/{file.name}"
        data = shop.studio.videos.get(place)
        assert data is not None
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.bytes, file.sha256)
    assert report.missing == ()
    assert REHEARSED in report.notes


def test_the_script_is_a_pdf_marked_draft_without_what_the_creator_asked_for(shop: Shop) -> None:
    report = shop.draft(what=["script_pdf"])
    data = shop.studio.videos.get(report.product.place(report.product.files[0]))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data or b"")).pages)
    assert "THE DINNER" in text
    assert "DRAFT" in text
    assert "From the prompt" not in text


def test_stills_are_as_they_were_shot_and_wallpapers_fill_the_screen(shop: Shop) -> None:
    report = shop.draft(what=["stills_zip", "wallpapers"])
    stills, papers = (
        zipfile.ZipFile(io.BytesIO(shop.studio.videos.get(report.product.place(file)) or b""))
        for file in report.product.files
    )
    assert stills.namelist() == ["The-Dinner/still-01.png", "The-Dinner/still-02.png"]
    shot_first = shop.studio.videos.get(f"{shop.episode.episode_id}/clips/1.png")
    assert stills.read("The-Dinner/still-01.png") == shot_first
    assert papers.namelist() == ["The-Dinner/desktop/01.jpg", "The-Dinner/desktop/02.jpg"]
    with Image.open(papers.open("The-Dinner/desktop/01.jpg")) as picture:
        assert picture.size == (1920, 1080)
        assert picture.info["comment"].startswith(b"DRAFT")


def test_a_still_that_is_too_small_makes_no_wallpaper_and_the_report_says_so(shop: Shop) -> None:
    report = shop.draft(what=ALL)
    assert report.left_out == (
        "No phone wallpaper of clips 1, 2: too small (1344 × 768); at least 585 × 1266 is needed.",
        "No tablet wallpaper of clips 1, 2: too small (1344 × 768); at least 1024 × 1024 is needed.",
    )
    small = shot(shop.studio, size=(320, 180))
    report = bot.sell(asked(small.episode_id, what=ALL), shop.studio)
    assert [file.part for file in report.product.files] == ["script_pdf", "stills_zip"]
    assert sum("too small (320 × 180)" in why for why in report.left_out) == 3
    assert "wallpaper" not in report.product.description


def test_the_same_again_is_the_same_product_with_the_same_approval(shop: Shop) -> None:
    first = shop.draft()
    shop.clock.at += timedelta(days=2)
    again = shop.draft()
    assert again.product == first.product
    assert (again.content_hash, again.approval) == (first.content_hash, ApprovalStatus.WAITING)
    other = shop.draft(price={"amount": "6", "currency": "USD"})
    assert other.content_hash != first.content_hash
    assert other.product.product_id != first.product.product_id


def test_what_is_approved_is_all_that_a_buyer_is_promised_and_given(shop: Shop) -> None:
    report = shop.draft()
    [approval], _ = shop.studio.approvals.page(10, None)
    told = dumped(report)["product"]
    assert approval.kind == "product"
    assert approval.content == {
        "network": "stripe",
        "account_id": "acct_1",
        "live": False,
        "episode_id": shop.episode.episode_id,
        **{name: told[name] for name in ("title", "description", "price", "files")},
    }
    assert "5.00 USD" in approval.summary


def test_without_a_script_there_is_nothing_and_without_pictures_only_the_script(shop: Shop) -> None:
    bare = moved(shop.studio, stored(shop.studio, script=False), Status.FAILED)
    with pytest.raises(Conflict, match="no script yet"):
        bot.sell(asked(bare.episode_id), shop.studio)
    unshot = moved(shop.studio, stored(shop.studio), Status.FAILED)
    report = bot.sell(asked(unshot.episode_id, what=ALL), shop.studio)
    assert [file.name for file in report.product.files] == ["script.pdf"]
    assert "wallpapers: there are no pictures yet." in report.left_out
    with pytest.raises(Conflict, match="nothing to sell yet"):
        bot.sell(asked(unshot.episode_id, what=["stills_zip"]), shop.studio)


def test_an_episode_that_is_being_made_is_not_packed(shop: Shop) -> None:
    busy = stored(shop.studio)
    with pytest.raises(Conflict, match="being made"):
        bot.sell(asked(busy.episode_id), shop.studio)


def test_somebody_elses_episode_is_not_there(shop: Shop) -> None:
    for request in ({}, {"mode": "publish", "content_hash": "0" * 64}):
        with pytest.raises(NotFound):
            bot.sell(asked(shop.episode.episode_id, **request), Studio.opened_for("bilan"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": None},
        {"price": {"amount": "0.10", "currency": "USD"}},
        {"what": []},
        {"what": ["video"]},
        {"mode": "publish"},
        {"mode": "publish", "content_hash": "x"},
        {"owner": "bilan"},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        asked("01JD0000000000000000000000", **wrong)


# -- the words


def written(shop: Shop, *answers: Any, **request: Any) -> tuple[Any, ListedWriter]:
    writer = ListedWriter(list(answers))
    studio = shop.studio
    studio.writers["gemini"] = writer
    return bot.sell(asked(shop.episode.episode_id, provider="gemini", **request), studio), writer


GOOD = ProductCopy(title="The Dinner: script and stills", description="The screenplay and the stills of a bad dinner.")
BAD = ProductCopy(title="The Dinner", description="The best video, and 99 stills, guaranteed, at www.evil.example.com!")


def test_the_writer_is_told_what_is_wrong_and_writes_again(shop: Shop) -> None:
    report, writer = written(shop, BAD, GOOD)
    assert report.product.title == GOOD.title
    assert report.product.description.startswith(GOOD.description)
    assert "Inside: the screenplay as PDF; 2 stills" in report.product.description
    told = " ".join(writer.calls[1].feedback)
    assert all(word in told for word in ("video", "best, guaranteed", "99", "addresses"))


def test_a_writer_that_keeps_promising_is_refused(shop: Shop) -> None:
    with pytest.raises(BadAnswer, match="promises"):
        written(shop, BAD, BAD, BAD)


def test_ones_own_words_are_kept_and_looked_at(shop: Shop) -> None:
    report, writer = written(shop, title=BAD.title, description=BAD.description)
    assert writer.calls == []
    assert report.product.title == BAD.title
    assert any(note.startswith("Look at this again") for note in report.notes)
    report, writer = written(shop, GOOD, title="Mine: the script")
    assert report.product.title == "Mine: the script"
    assert report.product.description.startswith(GOOD.description)


def test_what_users_wrote_reaches_the_writer_as_data(shop: Shop) -> None:
    _, writer = written(shop, GOOD)
    [request] = writer.calls
    assert "A dinner goes wrong." not in request.instructions
    assert request.material["synopsis"] == "A dinner goes wrong."
    assert "choices" not in request.material


# -- what is missing


def test_without_stripe_the_package_is_ready_and_says_what_to_connect(shop: Shop) -> None:
    shop.studio.connections.disconnect(NetworkName.STRIPE, "acct_1")
    report = shop.draft()
    assert (report.missing, report.content_hash, report.approval) == ((CONNECT,), None, None)
    assert ACCOUNTLESS in report.notes
    assert shop.draft().product == report.product
    assert shop.studio.videos.get(report.product.place(report.product.files[0]))
    connect(shop.studio)
    assert shop.draft().approval is ApprovalStatus.WAITING


def test_without_a_webhook_or_its_secret_it_says_how_and_nothing_is_sold(shop: Shop) -> None:
    hashed = shop.approve(shop.draft())
    connect(shop.studio, secret="")
    report = shop.draft()
    assert report.missing == (UNSIGNED,)
    assert report.webhook_address == f"https://api.example.com/v1/webhooks/stripe/{shop.studio.webhooks.get('stripe')}"
    with pytest.raises(NotConnected, match="signing secret"):
        shop.publish(hashed)
    fresh = Studio.opened_for("bilan")
    fresh.accounts.connect_by_key(NetworkName.STRIPE, {"api_key": KEY, "signing_secret": SECRET})
    episode = shot(fresh)
    report = bot.sell(asked(episode.episode_id), fresh)
    assert (report.missing, report.webhook_address) == ((NO_WEBHOOK,), "")
    assert shop.networks.asked("stripe", LINKS) == []


# -- publishing


def test_what_was_approved_goes_on_sale_with_a_link_that_leads_back(shop: Shop) -> None:
    report = shop.on_sale()
    product = report.product
    assert (product.status, product.published_at, report.url) == (ProductStatus.ON_SALE, shop.clock.at, product.url)
    link = shop.stripe.made[product.payment_link]
    assert link["metadata"] == {"product_id": product.product_id, "episode_id": shop.episode.episode_id}
    back = f"https://api.example.com/v1/purchases/{product.page}?session_id={{CHECKOUT_SESSION_ID}}"
    assert link["after_completion"]["redirect"]["url"] == back
    assert shop.stripe.made[product.stripe_price]["unit_amount"] == 500
    assert shop.stripe.made[product.stripe_product]["name"] == product.title
    keys = [one.headers["idempotency-key"] for one in shop.networks.requests if one.method == "POST"]
    assert keys == [f"{product.content_hash}-{what}" for what in ("product", "price", "link")]


def test_publishing_twice_is_the_same_link(shop: Shop) -> None:
    first = shop.on_sale()
    assert first.content_hash is not None
    for _ in range(2):
        assert shop.publish(first.content_hash).url == first.url
    assert len(shop.networks.asked("stripe", LINKS, "POST")) == 1


@pytest.mark.parametrize("path", ["/v1/products", "/v1/prices", LINKS])
def test_an_attempt_that_broke_off_goes_on_to_the_same_link(shop: Shop, path: str) -> None:
    hashed = shop.approve(shop.draft())
    shop.networks.fail("stripe", path, 403, REFUSED)
    with pytest.raises(ProviderFailed):
        shop.publish(hashed)
    shop.clock.at += timedelta(hours=1)
    report = shop.publish(hashed)
    assert report.product.status is ProductStatus.ON_SALE
    made = [one["object"] for one in shop.stripe.made.values()]
    assert sorted(made) == ["payment_link", "price", "product"]


def test_an_attempt_that_broke_off_when_stripe_has_forgotten_the_key_makes_no_second_link(shop: Shop) -> None:
    hashed = shop.approve(shop.draft())
    shop.networks.fail("stripe", LINKS, 403, REFUSED)
    with pytest.raises(ProviderFailed):
        shop.publish(hashed)
    shop.clock.at += timedelta(days=1)
    with pytest.raises(Conflict, match="Look at Stripe"):
        shop.publish(hashed)


def test_what_was_not_approved_is_not_sold(shop: Shop) -> None:
    report = shop.draft()
    assert report.content_hash is not None
    with pytest.raises(NotApproved, match="waits"):
        shop.publish(report.content_hash)
    shop.studio.approvals.decide(report.content_hash, "reject", "", shop.clock.at)
    with pytest.raises(NotApproved, match="rejected"):
        shop.publish(report.content_hash)
    with pytest.raises(NotApproved):
        shop.publish("0" * 64)
    assert shop.stripe.made == {}


def test_a_file_that_changed_since_it_was_approved_is_not_sold(shop: Shop) -> None:
    report = shop.draft()
    hashed = shop.approve(report)
    shop.studio.videos.put(report.product.place(report.product.files[1]), b"something else", "application/zip")
    with pytest.raises(NotApproved, match=r"stills\.zip is not there as it was approved"):
        shop.publish(hashed)
    shop.studio.videos.delete(report.product.place(report.product.files[1]))
    with pytest.raises(NotApproved):
        shop.publish(hashed)
    assert shop.stripe.made == {}


def test_what_was_approved_for_one_account_or_mode_is_not_sold_by_another(shop: Shop) -> None:
    hashed = shop.approve(shop.draft())
    live = "rk_live_51FAKEfakeFAKEfake"
    shop.stripe.key = live
    connect(shop.studio, key=live)
    with pytest.raises(NotApproved, match="another Stripe account, or mode"):
        shop.publish(hashed)


def test_what_was_approved_of_one_episode_is_not_sold_as_anothers(shop: Shop) -> None:
    hashed = shop.approve(shop.draft())
    with pytest.raises(NotApproved, match="another episode"):
        shop.publish(hashed, episode_id=shot(shop.studio).episode_id)


# -- /products


def ask(method: str, path: str, owner: str = "amina") -> Any:
    return call(products.handler, http_event(method, path, owner=owner))


def test_products_are_listed_and_read_with_what_they_brought(shop: Shop) -> None:
    assert ask("GET", "/products").body == {"items": [], "cursor": None}
    report = shop.on_sale()
    path = f"/products/{report.product.product_id}"
    assert [one["product_id"] for one in ask("GET", "/products").body["items"]] == [report.product.product_id]
    assert ask("GET", "/products", "bilan").body["items"] == []
    told = ask("GET", path).body
    assert (told["orders"], told["revenue"], told["held"]) == (0, [], [])
    assert told["product"]["url"] == report.url
    first, _ = shop.paid(report), shop.paid(report)
    shop.tell("refund.created", shop.stripe.refund(first, 200) | {"charge": "ch_1"})
    [revenue] = ask("GET", path).body["revenue"]
    assert (revenue["orders"], revenue["gross"], revenue["refunded"], revenue["net"]) == (
        2,
        10_000_000,
        2_000_000,
        8_000_000,
    )
    assert (revenue["refunded_orders"], revenue["live"], revenue["currency"]) == (0, False, "USD")
    shop.tell("charge.refunded", {"id": "ch_1", "amount_refunded": 500, "currency": "usd", "payment_intent": "pi_1"})
    [revenue] = ask("GET", path).body["revenue"]
    assert (revenue["net"], revenue["refunded_orders"]) == (5_000_000, 1)


def test_taking_a_product_off_sale_closes_its_link_and_putting_it_on_again_opens_the_same(shop: Shop) -> None:
    report = shop.on_sale()
    path = f"/products/{report.product.product_id}"
    for _ in range(2):
        assert ask("DELETE", path).status == 204
    link = shop.stripe.made[report.product.payment_link]
    assert not link["active"]
    assert ask("GET", path).body["product"]["status"] == "off_sale"
    assert report.content_hash is not None
    again = shop.publish(report.content_hash)
    assert (again.url, again.product.status, link["active"]) == (report.url, ProductStatus.ON_SALE, True)


def test_a_draft_that_is_deleted_is_gone_with_its_files(shop: Shop) -> None:
    report = shop.draft()
    hashed = shop.approve(report)
    path = f"/products/{report.product.product_id}"
    assert ask("DELETE", path, "bilan").status == 404
    assert ask("DELETE", path).status == 204
    assert ask("GET", path).status == 404
    assert list(shop.studio.videos.under(f"{shop.episode.episode_id}/products/")) == []
    with pytest.raises(NotApproved, match="deleted"):
        shop.publish(hashed)
    assert shop.draft().content_hash == hashed
    assert shop.publish(hashed).url


def test_an_episode_is_not_deleted_while_something_of_it_is_on_sale(shop: Shop) -> None:
    report = shop.on_sale()
    asked_for = http_event("DELETE", f"/episodes/{shop.episode.episode_id}")
    answer = call(episodes.handler, asked_for)
    assert (answer.status, "on sale" in answer.body["detail"]) == (409, True)
    ask("DELETE", f"/products/{report.product.product_id}")
    assert call(episodes.handler, asked_for).status == 204


def test_over_http_a_person_gets_the_same_and_no_secret(shop: Shop, clock: Clock) -> None:
    price = {"amount": 5, "currency": "usd"}
    body = {"episode_id": shop.episode.episode_id, "price": price, "what": QUICK}
    answer = call(bot.handler, http_event("POST", "/functions/digital-product-bot", body))
    assert answer.status == 200, answer.body
    assert answer.body["content_hash"] == shop.draft().content_hash
    [run], _ = shop.studio.runs.page(1, None)
    assert run.status == "succeeded"
    for told in (str(answer.body), run.model_dump_json()):
        assert KEY not in told
        assert SECRET not in told
