"""From an episode to packages: words written for each network, checked by its own rules, and put up for approval."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from studio.domain.approval import ContentKind
from studio.domain.base import Instant, Value
from studio.domain.connection import LABELS, Connection, ConnectionStatus, NetworkName
from studio.domain.episode import Episode
from studio.domain.errors import BadAnswer, Blocked, Conflict, Invalid, NotConnected
from studio.domain.hooks import Hook
from studio.domain.paper import NO_SCRIPT, Paper
from studio.domain.post_words import MANNERS, PostTag, PostWords, composed, hashtags, material, words_problems
from studio.domain.posting import (
    Declarations,
    DraftedPost,
    Edit,
    LeftOut,
    MediaFile,
    Package,
    PublishingReport,
    Subtitles,
    Variant,
    edited,
)
from studio.domain.script import Script
from studio.entry import Studio
from studio.generation.ports import WriteRequest
from studio.publishing.files import Files
from studio.publishing.sending import lacking, unallowed
from studio.writing import write_checked

MAX_OUTPUT_TOKENS = 2_048

REHEARSED = "This episode is a rehearsal: its pictures are marked DRAFT, and its words are the script's own."
KIDS = "Nobody said whether this is made for kids, so it is declared as not. Say so with made_for_kids where it is."
SLOW = "Publishing can take minutes. Ask with the header Prefer: respond-async, and read the run it leads to."

type Check = Callable[[Package, datetime], list[str]]
"""`(package, now)` → what its network would refuse."""


class Wishes(Value):
    """What a person wants of all packages of a call."""

    variant: Variant | None = None
    made_for_kids: bool | None = None
    paid_partnership: bool = False
    own_brand: bool = False
    publish_at: Instant | None = None


@dataclass(frozen=True)
class Goods:
    """What a package carries on one network, and what is to be known of it."""

    media: tuple[MediaFile, ...] = ()
    thumbnail: MediaFile | None = None
    subtitles: Subtitles | None = None
    ai_generated: bool = True
    missing: tuple[str, ...] = ()


class Draft:
    """One call's packages. bot: who drafts. instructions: its prompt.md."""

    def __init__(self, episode_id: str, bot: str, instructions: str, wishes: Wishes, studio: Studio) -> None:
        self.studio = studio
        self.episode: Episode = studio.episodes.get(episode_id)
        self.paper: Paper = studio.episodes.paper(episode_id)
        self._bot = bot
        self._instructions = instructions
        self._wishes = wishes
        self._words: dict[tuple[NetworkName, bool], PostWords] = {}

    @cached_property
    def script(self) -> Script:
        """The script as it is shot. Raises Conflict while there is none."""
        if self.paper.script is None:
            raise Conflict(NO_SCRIPT)
        return self.paper.script

    @cached_property
    def hook(self) -> Hook | None:
        """The hook that the posts are about; None where none was ever chosen. Raises Invalid without a runner-up."""
        choice = self.paper.hooks
        if self._wishes.variant != "b":
            return choice.chosen if choice else None
        if choice is None or choice.runner_up is None:
            raise Invalid("There is no runner-up to test yet: have hook-optimization-bot rank some.", {"variant": "b"})
        return choice.runner_up

    def film(self, files: Files, attachment_id: str | None, *, ai_generated: bool) -> MediaFile | None:
        """Return the uploaded film, or the episode's own, or None. Raises Invalid, NotFound: see `Files.film`."""
        if not ai_generated and attachment_id is None:
            raise Invalid(
                "What the studio made is AI-generated.", {"ai_generated": "only for a film that you uploaded"}
            )
        return files.film(self.episode, attachment_id)

    def notes(self, drafts: Sequence[DraftedPost]) -> tuple[str, ...]:
        """Return what to know of all packages."""
        told = [REHEARSED] if self.episode.provider == "draft" else []
        told += [KIDS] if any(not draft.package.declarations.kids_stated for draft in drafts) else []
        return (*told, *([SLOW] if drafts else []))

    def package(self, network: NetworkName, connection: Connection | None, goods: Goods, check: Check) -> Package:
        """Return a network's package for an account. Raises BadAnswer, Blocked and what else a writer raises."""
        wishes, photos = self._wishes, not any(file.is_film for file in goods.media)
        manner = MANNERS[network]
        language = self.episode.brief.locale
        declarations = Declarations(
            ai_generated=goods.ai_generated,
            made_for_kids=wishes.made_for_kids or False,
            kids_stated=wishes.made_for_kids is not None,
            paid_partnership=wishes.paid_partnership,
            own_brand=wishes.own_brand,
        )

        def with_words(words: PostWords) -> Package:
            return Package(
                bot=self._bot,
                episode_id=self.episode.episode_id,
                network=network,
                account_id=connection.account_id if connection else "",
                account=connection.name if connection else "",
                language=language,
                title=words.title if titled else "",
                text=composed(words, network, declarations, language, photos=photos),
                tags=tuple(dict.fromkeys(tag[:60] for tag in words.keywords[: manner.keywords] if hashtags([tag]))),
                declarations=declarations,
                media=goods.media,
                thumbnail=goods.thumbnail,
                subtitles=goods.subtitles,
                publish_at=wishes.publish_at,
                variant=wishes.variant or ("a" if self.hook else ""),
                hook=self.hook.said if self.hook else "",
            )

        titled = network is NetworkName.YOUTUBE or (photos and network is NetworkName.TIKTOK)
        key = (network, photos)
        if key not in self._words:
            # What no words can mend is left out of it: a film too long is not the writer's to shorten.
            unmendable = set(check(with_words(_PLAIN), self.studio.clock()))

            def wrong(words: PostWords) -> list[str]:
                told = check(with_words(words), self.studio.clock())
                return words_problems(words, network, self.script) + [each for each in told if each not in unmendable]

            self._words[key] = self._written(network, photos, wrong)
        return with_words(self._words[key])

    def _written(self, network: NetworkName, photos: bool, wrong: Callable[[PostWords], list[str]]) -> PostWords:
        names = [
            *(character.sheet.name for character in self.studio.cast_of(self.episode)),
            *(guest.name for guest in self.script.guests),
        ]
        told = material(network, self.script, self.episode.brief, self.hook, list(dict.fromkeys(names)), photos=photos)
        request = WriteRequest(instructions=self._instructions, material=told, max_output_tokens=MAX_OUTPUT_TOKENS)
        writer = self.studio.writer(self.episode.provider, self._bot, self.episode)
        return write_checked(writer, request, PostWords, wrong)

    def drafted(
        self,
        package: Package,
        edit: Edit | None,
        check: Check,
        *,
        missing: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> DraftedPost:
        """Put a package up for approval, unless its network would refuse it, and say how it stands."""
        at = self.studio.clock()
        if edit is not None:
            package = edited(package, edit)
        found = check(package, at)
        if found:
            return DraftedPost(package=package, problems=tuple(found), missing=tuple(missing), notes=tuple(notes))
        where = f"{LABELS[package.network]}, {package.account or 'by hand'}"
        approval = self.studio.approvals.ask(
            ContentKind.POST,
            package,
            bot=self._bot,
            summary=f"{where}: {package.title or package.text}",
            at=at,
            episode_id=self.episode.episode_id,
        )
        return DraftedPost(
            package=package,
            content_hash=approval.content_hash,
            approval=approval.status,
            missing=tuple(missing),
            notes=tuple(notes),
        )


_PLAIN = PostWords(title="A title", caption="A caption.", tags=[PostTag(word="tag")])
"""Words that nothing is wrong with."""


@dataclass(frozen=True)
class Target:
    """Where a package is for. connection: None for a network without an account, which is posted to by hand."""

    network: NetworkName
    connection: Connection | None
    missing: tuple[str, ...]


def targets(networks: Sequence[NetworkName], account_ids: Sequence[str], studio: Studio) -> Iterator[Target]:
    """Yield each account of the networks, or those named, and each network without one. Raises NotConnected."""
    connected = {network: studio.connections.all(network) for network in networks}
    unknown = set(account_ids) - {each.account_id for found in connected.values() for each in found}
    if unknown:
        raise NotConnected(f"There is no account {', '.join(sorted(unknown))} among those that are connected.")
    for network, found in connected.items():
        wanted = [each for each in found if not account_ids or each.account_id in account_ids]
        for connection in wanted:
            yield Target(network, connection, _wanting(connection))
        if not wanted and not account_ids:
            by_hand = f"No {LABELS[network]} account is connected: connect one, or post this by hand."
            yield Target(network, None, (by_hand,))


def _wanting(connection: Connection) -> tuple[str, ...]:
    if connection.status is ConnectionStatus.REVOKED:
        return (
            f"{LABELS[connection.network]} no longer honours the connection of {connection.name}. Connect it again.",
        )
    return (lacking(connection),) if unallowed(connection) else ()


def edit_for(target: Target, edits: dict[str, Edit]) -> Edit | None:
    """Return a person's changes for an account, by `network:account_id`, or for its network."""
    if target.connection and (own := edits.get(f"{target.network}:{target.connection.account_id}")):
        return own
    return edits.get(target.network)


def check_edits(edits: dict[str, Edit], found: Sequence[Target]) -> None:
    """Raise Invalid for changes that are for nothing that is drafted."""
    known = {str(target.network) for target in found} | {
        f"{target.network}:{target.connection.account_id}" for target in found if target.connection
    }
    for key in edits:
        if key not in known:
            raise Invalid(
                f"Nothing is drafted for {key}; there is {', '.join(sorted(known))}.", {f"edits.{key}": "unknown"}
            )


def drafted_for(
    draft: Draft, found: Sequence[Target], edits: dict[str, Edit], make: Callable[[Target], DraftedPost]
) -> PublishingReport:
    """Draft for every target. Where no usable words were written, one is left out and the others are not."""
    check_edits(edits, found)
    drafts: list[DraftedPost] = []
    without: list[LeftOut] = []
    for target in found:
        try:
            drafts.append(make(target))
        except (BadAnswer, Blocked) as error:
            account_id = target.connection.account_id if target.connection else ""
            without.append(LeftOut(network=target.network, account_id=account_id, why=str(error)))
    return PublishingReport(
        episode_id=draft.episode.episode_id,
        mode="draft",
        drafts=tuple(drafts),
        left_out=tuple(without),
        notes=draft.notes(drafts),
    )
