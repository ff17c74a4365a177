"""Packages to be sold: the files made of an episode, what is said of them, and how it is put up for approval."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, JsonValue, model_validator

from studio.domain.approval import Approval, ApprovalStatus, ContentHash, ContentKind
from studio.domain.base import Heading, Id, Paragraph, Value
from studio.domain.digest import digest_of
from studio.domain.episode import Clip, ClipStatus, Episode, ProviderName
from studio.domain.errors import Conflict
from studio.domain.paper import NO_SCRIPT
from studio.domain.price import Price
from studio.domain.product import DigitalProduct, Offer, ProductFile, ProductPart
from studio.domain.product_copy import ProductCopy, copy_problems, full_description, plain_copy
from studio.domain.script import Script
from studio.domain.wallpaper import SCREENS, Screen, too_small
from studio.entry import Studio
from studio.exports.archive import to_zip
from studio.generation.ports import WriteRequest
from studio.selling import Seller, seller
from studio.writing import write_checked

BOT = "digital-product-bot"
MAX_OUTPUT_TOKENS = 4_096
REHEARSED = "This is a rehearsal: every file is marked DRAFT, and a buyer is told so."
ACCOUNTLESS = "The files are ready. Nothing can be approved before the account that takes the money is known."


class ProductRequest(Value):
    """What to sell of an episode. title, description: your own words; where left out they are written.

    publish: puts on sale what was approved under `content_hash`, and nothing else.
    """

    episode_id: Id
    what: tuple[ProductPart, ...] = Field(default=tuple(ProductPart), min_length=1, max_length=3)
    price: Price | None = None
    title: Heading | None = None
    description: Paragraph | None = None
    mode: Literal["draft", "publish"] = "draft"
    content_hash: ContentHash | None = None
    provider: ProviderName | None = None

    @model_validator(mode="after")
    def _of_one_mode(self) -> Self:
        if self.mode == "publish" and self.content_hash is None:
            raise ValueError("to publish, give the content_hash that was approved")
        if self.mode == "draft" and self.price is None:
            raise ValueError("to draft, give a price: an amount and a currency")
        return self


class ProductReport(Value):
    """The package. approve `content_hash` with POST /approvals, then publish it. url: where it is paid for.

    left_out: what could not be made, and why. missing: what has to be connected before it can be sold.
    """

    product: DigitalProduct
    content_hash: ContentHash | None
    approval: ApprovalStatus | None
    url: str
    webhook_address: str
    left_out: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Press:
    """What makes files: the layers that only some functions mount.

    pdf: the script's pages. size_of: a picture's width and height. wallpaper: a picture for a screen, marked or not.
    """

    pdf: Callable[[Script, Episode], bytes]
    size_of: Callable[[bytes], tuple[int, int]]
    wallpaper: Callable[[bytes, Screen, bool], bytes]


@dataclass(frozen=True)
class _Still:
    clip: Clip
    data: bytes
    size: tuple[int, int]


class Package:
    """One call's files and words. instructions: the bot's prompt."""

    def __init__(self, request: ProductRequest, episode: Episode, press: Press, instructions: str, studio: Studio):
        script = studio.episodes.paper(episode.episode_id).script
        if script is None:
            raise Conflict(NO_SCRIPT)
        self.script: Script = script
        self._request, self._episode, self._press = request, episode, press
        self._instructions, self._studio = instructions, studio
        self._left_out: list[str] = []
        self._stem = re.sub(r"[^\w-]+", "-", script.title).strip("-")[:60] or "episode"

    def report(self) -> ProductReport:
        """Make, store and describe the files, and put them up for approval once it is known who sells them.

        Raises Conflict where there is nothing to sell.
        """
        made = [found for part in dict.fromkeys(self._request.what) if (found := self._made(part)) is not None]
        price = self._request.price
        if not made or price is None:
            raise Conflict(f"There is nothing to sell yet. {' '.join(self._left_out)}")
        files = tuple(file for file, _ in made)
        title, description, notes = self._words(files)
        who, at, episode_id = seller(self._studio), self._studio.clock(), self._episode.episode_id
        approval = self._asked(title, description, price, files, who)
        hashed = approval.content_hash if approval else None
        plain = [price.model_dump(mode="json"), *(file.model_dump(mode="json") for file in files)]
        product = DigitalProduct(
            product_id=self._studio.products.new_id(hashed or digest_of(episode_id, title, description, plain), at),
            episode_id=episode_id,
            title=title,
            description=description,
            price=price,
            files=files,
            content_hash=hashed,
            live=who.live if approval else None,
            made_at=at,
        )
        for file, data in made:
            self._studio.videos.put(product.place(file), data, file.media_type)
        product = self._studio.products.keep(product)
        status = approval.status if approval else None
        return report_of(product, status, who, tuple(self._left_out), notes)

    def _asked(
        self, title: str, description: str, price: Price, files: tuple[ProductFile, ...], who: Seller
    ) -> Approval | None:
        if not who.account_id:
            return None
        offer = Offer(
            account_id=who.account_id,
            live=who.live,
            episode_id=self._episode.episode_id,
            title=title,
            description=description,
            price=price,
            files=files,
        )
        return self._studio.approvals.ask(
            ContentKind.PRODUCT,
            offer,
            bot=BOT,
            summary=f"{title}, {price}: {', '.join(file.name for file in files)}",
            at=self._studio.clock(),
            episode_id=self._episode.episode_id,
        )

    def _words(self, files: tuple[ProductFile, ...]) -> tuple[str, str, tuple[str, ...]]:
        """Return title, description and what to know of them. The owner's own words are kept, and looked at."""
        title, description = self._request.title, self._request.description
        if not (title and description):
            written = self._written(files)
            title, description = title or written.title, description or written.description
        copy = ProductCopy(title=title, description=description)
        own = self._request.title or self._request.description
        wrong = copy_problems(copy, files, self.script) if own else []
        notes = (*((REHEARSED,) if self._draft else ()), *(f"Look at this again: {one}" for one in wrong))
        return copy.title, full_description(copy.description, files, draft=self._draft), notes

    def _written(self, files: tuple[ProductFile, ...]) -> ProductCopy:
        provider = self._request.provider or self._episode.provider
        material: dict[str, JsonValue] = {"title": self.script.title, "synopsis": self.script.synopsis}
        material |= {"inside": [file.holds for file in files], "locale": self._episode.brief.locale}
        if provider == "draft":
            plain = plain_copy(files, self.script)
            material |= {"choices": {"title": [plain.title], "description": [plain.description]}}
        request = WriteRequest(instructions=self._instructions, material=material, max_output_tokens=MAX_OUTPUT_TOKENS)
        writer = self._studio.writer(provider, "digital_product", self._episode)
        return write_checked(writer, request, ProductCopy, lambda copy: copy_problems(copy, files, self.script))

    @property
    def _draft(self) -> bool:
        return self._episode.provider == "draft"

    @cached_property
    def _stills(self) -> list[_Still]:
        found = []
        for clip in self._studio.episodes.clips(self._episode.episode_id):
            name = f"{self._episode.episode_id}/{clip.name}"
            data = self._studio.videos.get(name) if clip.status is ClipStatus.RENDERED and clip.name else None
            if data is None or hashlib.sha256(data).hexdigest() != clip.sha256:
                self._left_out.append(f"Clip {clip.number} has no picture to sell. Render it first.")
            else:
                found.append(_Still(clip, data, self._press.size_of(data)))
        return found

    def _made(self, part: ProductPart) -> tuple[ProductFile, bytes] | None:
        """Return a file, or None where there is nothing that could be in it; what is left out is noted."""
        if part is ProductPart.SCRIPT_PDF:
            data, name, holds = self._press.pdf(self.script, self._episode), "script.pdf", "the screenplay as PDF"
        elif not self._stills:
            self._left_out.append(f"{part}: there are no pictures yet.")
            return None
        elif part is ProductPart.STILLS_ZIP:
            data, name, holds = self._zipped_stills(), "stills.zip", self._counted("still", self._sizes())
        else:
            papers = self._wallpapers()
            if not papers:
                return None
            data, name = to_zip(papers.items()), "wallpapers.zip"
            screens = [one for one in SCREENS if any(f"/{one.name}/" in path for path in papers)]
            told = ", ".join(f"{one.name} {one.width} × {one.height}" for one in screens)
            holds = f"{len(papers)} wallpaper{'s' if len(papers) > 1 else ''} ({told}; fitted from the stills)"
        file = ProductFile(
            part=part,
            name=name,
            label=f"{self._stem}-{name}",
            holds=holds,
            media_type="application/pdf" if part is ProductPart.SCRIPT_PDF else "application/zip",
            bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        return file, data

    def _sizes(self) -> str:
        sizes = sorted({still.size for still in self._stills})
        return ", ".join(f"{width} × {height}" for width, height in sizes)

    def _counted(self, what: str, told: str) -> str:
        number = len(self._stills)
        return f"{number} {what}{'s' if number > 1 else ''} ({told})"

    def _zipped_stills(self) -> bytes:
        return to_zip(
            (f"{self._stem}/still-{still.clip.number:02}.{still.clip.name.rpartition('.')[2]}", still.data)
            for still in self._stills
        )

    def _wallpapers(self) -> dict[str, bytes]:
        made = {}
        for screen in SCREENS:
            small = [still for still in self._stills if not screen.fits(*still.size)]
            if small:
                numbers = [still.clip.number for still in small]
                self._left_out.append(too_small(numbers, {still.size for still in small}, screen))
            for still in self._stills:
                if screen.fits(*still.size):
                    path = f"{self._stem}/{screen.name}/{still.clip.number:02}.jpg"
                    made[path] = self._press.wallpaper(still.data, screen, still.clip.draft or self._draft)
        return made


def report_of(
    product: DigitalProduct,
    approval: ApprovalStatus | None,
    who: Seller,
    left_out: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> ProductReport:
    """Return how a product stands."""
    return ProductReport(
        product=product,
        content_hash=product.content_hash,
        approval=approval,
        url=product.url,
        webhook_address=who.webhook_address,
        left_out=left_out,
        missing=who.missing,
        notes=(*notes, *(() if who.account_id else (ACCOUNTLESS,))),
    )
