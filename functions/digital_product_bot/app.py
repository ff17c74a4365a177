"""digital-product-bot: script, stills and wallpapers of an episode as files, and a link at which they are paid for."""

from pathlib import Path

from media.wallpapers import size_of, wallpaper
from studio.domain import materials
from studio.domain.approval import ApprovalStatus
from studio.domain.episode import Episode
from studio.domain.errors import Conflict
from studio.domain.script import Script
from studio.entry import Studio, bot
from studio.packaging import Package, Press, ProductReport, ProductRequest, report_of
from studio.selling import publish, seller

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")


def sell(request: ProductRequest, studio: Studio) -> ProductReport:
    """Make files of an episode and put them up for approval; or put on sale what was approved.

    Draft: the script as PDF, the stills as they are, and wallpapers of those that are large enough, with a title and a
    description. Publish: a payment link at Stripe, the same one however often it is asked for.
    """
    episode = studio.episodes.get(request.episode_id)
    if request.content_hash is not None and request.mode == "publish":
        product = publish(request.content_hash, episode.episode_id, studio)
        return report_of(product, ApprovalStatus.USED, seller(studio))
    if episode.under_way:
        raise Conflict("The episode is being made. Wait until it is done, then draft the product.")
    press = Press(_pdf, size_of, lambda data, screen, draft: wallpaper(data, screen, draft=draft))
    return Package(request, episode, press, PROMPT, studio).report()


def _pdf(script: Script, episode: Episode) -> bytes:
    # Here, because the library takes long to import, and publishing does without. What the creator asked for is theirs.
    from paper.screenplay import to_pdf

    return to_pdf(script, provider=episode.provider, prompt="", day=materials.air_day(episode))


handler = bot(sell)
