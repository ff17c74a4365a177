"""What selling honestly takes, as data: disclosures by language, where nothing is sold, and goods by plain names."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from studio.domain.affiliate import Disclosing
from studio.domain.audience import AudienceChannel
from studio.domain.base import Value
from studio.domain.mentions import Endings

_FALLBACK = "en"
_HASHTAGS = {AudienceChannel.TIKTOK, AudienceChannel.INSTAGRAM, AudienceChannel.X}


class SellingWords(Value):
    """One language's words. `label` stands first wherever there is a link; `tag` is what it is where hashtags are used.

    amazon: how an associate says so. endings: how words are declined. sensitive: words by topic near which nothing is
    sold.
    """

    label: str
    tag: str
    commission: str
    amazon: str
    endings: Endings
    sensitive: Mapping[str, tuple[str, ...]]

    def unfit(self) -> tuple[str, ...]:
        """Return all the words near which nothing is sold."""
        return tuple(word for words in self.sensitive.values() for word in words)

    def disclosing(self, language: str, channel: AudienceChannel) -> Disclosing:
        """Return what is said where there are links, on one channel."""
        label = self.tag if channel in _HASHTAGS else self.label
        return Disclosing(language=language, label=label, commission=self.commission, amazon=self.amazon)


class Selling(Value):
    """All of `selling.json`. `sources` says where the rules come from; `goods` is what a rehearsal knows to buy."""

    sources: tuple[str, ...]
    languages: Mapping[str, SellingWords]
    marketplaces: Mapping[str, str]
    goods: tuple[str, ...]

    def words(self, locale: str) -> tuple[SellingWords, bool]:
        """Return the words for a BCP 47 tag, and whether they are its language's own and not English instead."""
        language = locale.partition("-")[0]
        return self.languages.get(language, self.languages[_FALLBACK]), language in self.languages


@cache
def selling() -> Selling:
    """Return it, read once."""
    return Selling.model_validate_json(resources.files("studio.craft").joinpath("selling.json").read_bytes())
