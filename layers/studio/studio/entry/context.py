"""`Studio`, the context of one request: whose it is, and what it may use. Everything in it is opened on first use."""

import hmac
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config

from studio.domain.episode import Episode, Pipeline, ProviderName
from studio.domain.errors import ProviderFailed, ProviderMissing
from studio.domain.money import micros
from studio.domain.project import Brief, Character
from studio.domain.spend import Quote
from studio.store import keys
from studio.store.episodes import Episodes
from studio.store.ledger import Caps, Ledger
from studio.store.objects import Objects
from studio.store.projects import Cast, Projects
from studio.store.runs import Runs
from studio.store.table import Partition

if TYPE_CHECKING:
    # What buys, or acts elsewhere, is imported by who does: a read starts without it.
    from studio.accounts import Accounts, Apps
    from studio.domain.pipeline import Step
    from studio.generation.catalogue import Price, Use
    from studio.generation.ports import Judge, Painter, Writer
    from studio.mail import Mailer
    from studio.purchases import BoughtJudge, BoughtPainter, BoughtWriter, Purpose, Terms, Till
    from studio.quotes import Job, Plan, Tariff
    from studio.store.acts import Acts
    from studio.store.approvals import Approvals
    from studio.store.attachments import Attachments
    from studio.store.canon import Canon
    from studio.store.claims import Claims
    from studio.store.connections import Connections
    from studio.store.deliveries import Deliveries
    from studio.store.directory import Directory
    from studio.store.event_imports import EventImports
    from studio.store.events import Events
    from studio.store.experiments import Experiments
    from studio.store.lead_forms import LeadForms
    from studio.store.leads import Leads
    from studio.store.learned import LearnedVersions
    from studio.store.links import Links
    from studio.store.measurements import Measurements
    from studio.store.memo import Memo
    from studio.store.offers import Offers
    from studio.store.orders import Orders, Refunds
    from studio.store.plans import Plans
    from studio.store.posts import Posts
    from studio.store.products import Products
    from studio.store.replies import Replies
    from studio.store.reviews import Reviews
    from studio.store.sealing import Seal
    from studio.store.trends import Trends
    from studio.store.webhooks import Webhooks

SYSTEM = "system"
"""The owner of scheduled work for everyone."""

_KEY_SECONDS = 300


@dataclass(frozen=True)
class Settings:
    """What the template sets for every function. Rates are calls a second; caps US dollars.

    takes: how many pictures a clip may have painted, to keep the best. realism_threshold: the verdict to stop at.
    """

    table: str
    videos_bucket: str
    attachments_bucket: str
    provider: ProviderName = "draft"
    gemini_secret: str = ""
    gemini_base_url: str = ""
    text_model: str = ""
    image_model: str = ""
    judge_model: str = ""
    takes: int = 2
    realism_threshold: float = 3.5
    text_rate: float = 5.0
    image_rate: float = 1.0
    monthly_cap_usd: str = "25"
    episode_cap_usd: str = "2"
    producer_machine: str = ""
    video_machine: str = ""
    connections_prefix: str = ""
    channel_apps_secret: str = ""
    public_key_secret: str = ""
    address_key_secret: str = ""
    mail_from: str = ""
    channels_gateway: str = ""
    address_parameter: str = ""
    plan_machine: str = ""

    @classmethod
    def from_environment(cls) -> "Settings":
        """Return the settings in the function's environment. Raises KeyError for one the template left out."""
        env = os.environ
        return cls(
            table=env["TABLE_NAME"],
            videos_bucket=env["VIDEOS_BUCKET"],
            attachments_bucket=env["ATTACHMENTS_BUCKET"],
            provider=cast("ProviderName", env.get("PROVIDER", "draft")),
            gemini_secret=env.get("GEMINI_SECRET", ""),
            gemini_base_url=env.get("GEMINI_BASE_URL", ""),
            text_model=env.get("TEXT_MODEL", ""),
            image_model=env.get("IMAGE_MODEL", ""),
            judge_model=env.get("JUDGE_MODEL", ""),
            takes=int(env.get("TAKES", "2")),
            realism_threshold=float(env.get("REALISM_THRESHOLD", "3.5")),
            text_rate=float(env.get("TEXT_RATE", "5")),
            image_rate=float(env.get("IMAGE_RATE", "1")),
            monthly_cap_usd=env.get("MONTHLY_CAP_USD", "25"),
            episode_cap_usd=env.get("EPISODE_CAP_USD", "2"),
            producer_machine=env.get("PRODUCER_MACHINE", ""),
            video_machine=env.get("VIDEO_MACHINE", ""),
            connections_prefix=env.get("CONNECTIONS_PREFIX", ""),
            channel_apps_secret=env.get("CHANNEL_APPS_SECRET", ""),
            public_key_secret=env.get("PUBLIC_KEY_SECRET", ""),
            address_key_secret=env.get("ADDRESS_KEY_SECRET", ""),
            mail_from=env.get("MAIL_FROM", ""),
            channels_gateway=env.get("CHANNELS_GATEWAY", ""),
            address_parameter=env.get("ADDRESS_PARAMETER", ""),
            plan_machine=env.get("PLAN_MACHINE", ""),
        )


@cache
def client(service: str) -> Any:
    """Return this process's one client of an AWS service."""
    retries = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=3, read_timeout=30)
    signed = Config(signature_version="s3v4") if service == "s3" else Config()
    return boto3.client(cast("Any", service), config=retries.merge(signed))


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@dataclass
class Studio:
    """Everything one request may use, opened for its owner.

    take: the number of the episode's execution that calls; None when a person does.
    writers, painters, judges: stand in for the provider of that name, in tests.
    """

    owner: str
    settings: Settings
    take: int | None = None
    clock: Callable[[], datetime] = now
    client: Callable[[str], Any] = client
    writers: dict[str, "Writer"] = field(default_factory=dict)
    painters: dict[str, "Painter"] = field(default_factory=dict)
    judges: dict[str, "Judge"] = field(default_factory=dict)

    @classmethod
    def opened_for(cls, owner: str, take: int | None = None) -> "Studio":
        """Return the studio of one owner, set up from the environment."""
        return cls(owner, Settings.from_environment(), take)

    @cached_property
    def partition(self) -> Partition:
        """The owner's part of the table."""
        return Partition(self.client("dynamodb"), self.settings.table, self.owner)

    @cached_property
    def projects(self) -> Projects:
        """The owner's shows."""
        return Projects(self.partition)

    def cast(self, project_id: str) -> Cast:
        """Return the cast of a project. Raises NotFound when the project is not the owner's."""
        self.projects.get(project_id)
        return Cast(self.partition, project_id)

    def cast_of(self, episode: Episode) -> list[Character]:
        """Return the cast of an episode's project; nobody when it has none, or it was deleted since."""
        return [] if episode.project_id is None else Cast(self.partition, episode.project_id).all()

    @cached_property
    def episodes(self) -> Episodes:
        """The owner's episodes."""
        return Episodes(self.partition)

    @cached_property
    def acts(self) -> "Acts":
        """What the owner asked of episodes."""
        from studio.store.acts import Acts

        return Acts(self.partition)

    def canon(self, project_id: str) -> "Canon":
        """Return what a show of the owner's remembers."""
        from studio.store.canon import Canon

        return Canon(self.partition, project_id)

    def learned(self, project_id: str) -> "LearnedVersions":
        """Return what a show of the owner's has learned."""
        from studio.store.learned import LearnedVersions

        return LearnedVersions(self.partition, project_id)

    @cached_property
    def reviews(self) -> "Reviews":
        """The gates that the owner's episodes wait at."""
        from studio.store.reviews import Reviews

        return Reviews(self.partition)

    @cached_property
    def runs(self) -> Runs:
        """The owner's BotRuns."""
        return Runs(self.partition)

    @cached_property
    def approvals(self) -> "Approvals":
        """What waits for the owner's word, and what was said."""
        from studio.store.approvals import Approvals

        return Approvals(self.partition)

    @cached_property
    def connections(self) -> "Connections":
        """The owner's accounts elsewhere."""
        from studio.store.connections import Connections

        return Connections(self.partition, lambda: self.client("secretsmanager"), self.settings.connections_prefix)

    @cached_property
    def accounts(self) -> "Accounts":
        """The right to act for the owner's accounts elsewhere."""
        from studio.accounts import Accounts

        return Accounts(self.connections, self._channel_apps, self.settings.channels_gateway, self.clock)

    def _channel_apps(self) -> "Apps":
        """Return the studio as the networks know it; nothing before the operator has registered it anywhere."""
        return _stored_json(self.settings.channel_apps_secret) or {}

    @cached_property
    def address(self) -> str:
        """Where people reach this stack's API, without a slash at its end."""
        from aws_lambda_powertools.utilities import parameters

        told = parameters.get_parameter(self.settings.address_parameter, max_age=_KEY_SECONDS)
        return str(told).rstrip("/")

    @cached_property
    def experiments(self) -> "Experiments":
        """What the owner compares."""
        from studio.store.experiments import Experiments

        return Experiments(self.partition)

    @cached_property
    def posts(self) -> "Posts":
        """What of the owner's went where."""
        from studio.store.posts import Posts

        return Posts(self.partition)

    @cached_property
    def plans(self) -> "Plans":
        """The owner's plans that are carried out, or were."""
        from studio.store.plans import Plans

        return Plans(self.partition)

    @cached_property
    def measurements(self) -> "Measurements":
        """What networks counted of the owner's posts."""
        from studio.store.measurements import Measurements

        return Measurements(self.partition)

    @cached_property
    def trends(self) -> "Trends":
        """What people were seen to talk about: by the studio for everybody, and at the owner's own places."""
        from studio.store.trends import Trends

        shared = Partition(self.client("dynamodb"), self.settings.table, SYSTEM)
        return Trends(self.partition, shared)

    @cached_property
    def replies(self) -> "Replies":
        """The owner's answers to comments that went out."""
        from studio.store.replies import Replies

        return Replies(self.partition)

    @cached_property
    def broadcasts(self) -> "Claims":
        """The owner's live events that were announced."""
        from studio.store.claims import Claims

        return Claims(self.partition, keys.broadcast)

    @cached_property
    def videos(self) -> Objects:
        """What was made for the owner."""
        return Objects(self.client("s3"), self.settings.videos_bucket, self.owner)

    @cached_property
    def attachments(self) -> "Attachments":
        """What the owner uploaded."""
        from studio.store.attachments import Attachments

        return Attachments(self.partition, self._material)

    @cached_property
    def directory(self) -> "Directory":
        """What public codes lead to, everybody's."""
        from studio.store.directory import Directory

        return Directory(self.client("dynamodb"), self.settings.table)

    @cached_property
    def links(self) -> "Links":
        """The owner's short links."""
        from studio.store.links import Links

        return Links(self.partition, self.directory)

    @cached_property
    def lead_forms(self) -> "LeadForms":
        """The owner's forms that ask for an address."""
        from studio.store.lead_forms import LeadForms

        return LeadForms(self.partition, self.directory)

    @cached_property
    def leads(self) -> "Leads":
        """Who gave the owner an address."""
        from studio.store.leads import Leads

        return Leads(self.partition, self.directory)

    @cached_property
    def seal(self) -> "Seal":
        """What addresses are encrypted with for the owner. Only functions that may read the AddressKey can use it."""
        from studio.store.sealing import Seal

        root = _secret_text(self.client("secretsmanager").get_secret_value, self.settings.address_key_secret)
        return Seal(root, self.owner)

    @cached_property
    def mailer(self) -> "Mailer":
        """What sends mail to people without an account."""
        from studio.mail import Mailer

        return Mailer(self.client("sesv2"), self.settings.mail_from)

    def contact(self, address: str) -> str:
        """Return the digest by which a mail address is known again to the owner."""
        from studio.domain.contact import known_as

        return self.keyed_digest(f"contact/{self.owner}", known_as(address))

    def visitor(self, address: str) -> str:
        """Return the pseudonym by which events tell of who has a mail address: 128 bits of a digest of its own."""
        from studio.domain.contact import known_as

        return self.keyed_digest(f"visitor/{self.owner}", known_as(address))[:32]

    @cached_property
    def offers(self) -> "Offers":
        """The owner's catalogue of offers."""
        from studio.store.offers import Offers

        return Offers(self.partition)

    @cached_property
    def products(self) -> "Products":
        """What the owner sells."""
        from studio.store.products import Products

        return Products(self.partition)

    @cached_property
    def deliveries(self) -> "Deliveries":
        """What buyers may download."""
        from studio.store.deliveries import Deliveries

        return Deliveries(self.partition, self.directory)

    @cached_property
    def orders(self) -> "Orders":
        """What was paid for."""
        from studio.store.orders import Orders

        return Orders(self.partition)

    @cached_property
    def refunds(self) -> "Refunds":
        """What was given back."""
        from studio.store.orders import Refunds

        return Refunds(self._events, self.events)

    @cached_property
    def webhooks(self) -> "Webhooks":
        """Where networks call the owner back."""
        from studio.store.webhooks import Webhooks

        return Webhooks(self.partition, self.directory)

    def keyed_digest(self, purpose: str, text: str) -> str:
        """Return a digest (64 hex digits) by which `text` is known again here, and which tells nobody what it was.

        purpose: what it is for; digests for one purpose say nothing about those for another. Only functions that may
        read the stack's PublicKey can make any.
        """
        root = _secret_text(self.client("secretsmanager").get_secret_value, self.settings.public_key_secret)
        key = hmac.digest(root.encode(), f"episode-studio/{purpose}".encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()

    @cached_property
    def events(self) -> "Events":
        """What the owner's audience did."""
        from studio.store.events import Events

        return Events(self._events, self._material)

    @cached_property
    def event_imports(self) -> "EventImports":
        """The spreadsheets of events that the owner brought."""
        from studio.store.event_imports import EventImports

        return EventImports(self.partition)

    @cached_property
    def ledger(self) -> Ledger:
        """What the owner spends."""
        return Ledger(self.partition, self.default_caps)

    @property
    def default_caps(self) -> Caps:
        """The caps of an owner for whom none were set."""
        return Caps(micros(self.settings.monthly_cap_usd), micros(self.settings.episode_cap_usd))

    def plan(self, pipeline: Pipeline, brief: Brief, *, clips: int, prompt_chars: int) -> "Plan":
        """Return all the work of an episode of which nothing is done yet."""
        from studio.quotes import whole_plan

        return whole_plan(pipeline, brief, clips=clips, prompt_chars=prompt_chars, takes=self.settings.takes)

    def remaining(self, episode: Episode, steps: "Collection[Step] | None" = None) -> "Plan":
        """Return what a take of an episode would make, or make anew; one through these steps, or through all."""
        from studio.domain.framing import is_stale
        from studio.domain.materials import stale_parts
        from studio.quotes import what_remains

        whole = self.plan(episode.pipeline, episode.brief, clips=episode.clips_wanted, prompt_chars=len(episode.prompt))
        cast, paper = self.cast_of(episode), self.episodes.paper(episode.episode_id)
        clips = self.episodes.clips(episode.episode_id)
        return what_remains(
            whole if steps is None else whole.through(steps),
            paper.records.values(),
            clips,
            paper.script,
            stale_steps=stale_parts(episode, paper, [character.sheet for character in cast]),
            stale_clips=[clip.number for clip in clips if is_stale(clip, episode, paper, cast)],
        )

    def quote(self, provider: ProviderName, plan: "Plan") -> Quote:
        """Return what a plan costs today. Raises ProviderFailed for a model whose price is not known."""
        from studio.quotes import quote

        return quote(plan, self._tariff(provider), self.clock().date())

    def quote_bot(self, provider: ProviderName, bot: str) -> Quote:
        """Return what one run of a bot costs today, by its public name. Raises ProviderFailed as `quote` does."""
        from studio.quotes import quote_bot

        return quote_bot(bot, self._tariff(provider), self.clock().date())

    def _tariff(self, provider: ProviderName) -> "Tariff":
        from studio.generation import catalogue

        def tariff(job: "Job", on: date) -> "tuple[str, Price]":
            if job == "judge":
                model = self._judge_model(provider)
            else:
                model = self._model(provider, job, self.painters if job == "image" else self.writers)
            return model, catalogue.price(model, on)

        return tariff

    def promise(self, episode: Episode, plan: "Plan") -> None:
        """Note on an episode's bill what the work that now begins is quoted at. A model without a price has none."""
        try:
            quoted = self.quote(episode.provider, plan)
        except ProviderFailed:
            # Its calls will say so, where the episode can tell its owner.
            return
        self.ledger.quote(episode.episode_id, quoted.lines)

    @cached_property
    def memo(self) -> "Memo":
        """What the owner has paid for already. It lies apart from the clips, whose arrival starts work."""
        from studio.store.memo import Memo

        return Memo(self._material)

    @cached_property
    def till(self) -> "Till":
        """Where the owner buys."""
        from studio.purchases import Till

        return Till(self.memo, self.ledger, self.clock)

    def writer(self, provider: ProviderName, purpose: str, episode: Episode | None = None) -> "BoughtWriter":
        """Return the provider's writer. Raises ProviderFailed for an unknown model; its calls ProviderMissing."""
        from studio.purchases import BoughtWriter, Purpose

        model = self._model(provider, "text", self.writers)
        where = Purpose(purpose, episode.episode_id if episode else "")
        return BoughtWriter(
            model, lambda: self._open_writer(provider, model), self.till, self._terms(provider, "text", model, where)
        )

    def _open_writer(self, provider: ProviderName, model: str) -> "Writer":
        if provider in self.writers:
            return self.writers[provider]
        if provider == "draft":
            from studio.generation.draft.writer import DraftWriter

            return DraftWriter()
        from studio.generation.gemini.writer import GeminiWriter

        return GeminiWriter(self._gemini(), model)

    def painter(self, provider: ProviderName, purpose: str, episode: Episode, clip: int) -> "BoughtPainter":
        """Return the provider's painter. Raises ProviderFailed for an unknown model; its calls ProviderMissing."""
        from studio.purchases import BoughtPainter, Purpose

        model = self._model(provider, "image", self.painters)
        where = Purpose(purpose, episode.episode_id, clip)
        return BoughtPainter(
            model, lambda: self._open_painter(provider, model), self.till, self._terms(provider, "image", model, where)
        )

    def _open_painter(self, provider: ProviderName, model: str) -> "Painter":
        if provider in self.painters:
            return self.painters[provider]
        if provider == "draft":
            from studio.generation.draft.painter import DraftPainter

            return DraftPainter()
        from studio.generation.gemini.painter import GeminiPainter

        return GeminiPainter(self._gemini(), model)

    def judge(self, provider: ProviderName, purpose: str, episode: Episode, clip: int) -> "BoughtJudge":
        """Return the provider's judge. Raises ProviderFailed for an unknown model; its calls ProviderMissing."""
        from studio.purchases import BoughtJudge, Purpose

        model = self._judge_model(provider)
        where = Purpose(purpose, episode.episode_id, clip)
        return BoughtJudge(
            model, lambda: self._open_judge(provider, model), self.till, self._terms(provider, "text", model, where)
        )

    def _judge_model(self, provider: ProviderName) -> str:
        if provider in self.judges:
            return self.judges[provider].model
        if provider == "draft":
            from studio.generation.draft.judge import MODEL

            return MODEL
        # A judge reads and writes: any text model that sees pictures will do.
        return self.settings.judge_model or self._model(provider, "text", {})

    def _open_judge(self, provider: ProviderName, model: str) -> "Judge":
        if provider in self.judges:
            return self.judges[provider]
        if provider == "draft":
            from studio.generation.draft.judge import DraftJudge

            return DraftJudge()
        from studio.generation.gemini.judge import GeminiJudge

        return GeminiJudge(self._gemini(), model)

    def _model(self, provider: ProviderName, use: "Use", ports: "Mapping[str, Writer] | Mapping[str, Painter]") -> str:
        """Return the id of the provider's model for a use: its stand-in's, the setting's or the catalogue's."""
        from studio.generation import catalogue

        if provider in ports:
            return ports[provider].model
        chosen = {"text": self.settings.text_model, "image": self.settings.image_model}
        return catalogue.default(use, provider) if provider == "draft" else chosen[use] or catalogue.default(use)

    @cached_property
    def _events(self) -> Partition:
        return Partition(self.client("dynamodb"), self.settings.table, self.owner, keys.events(self.owner))

    @cached_property
    def _material(self) -> Objects:
        return Objects(self.client("s3"), self.settings.attachments_bucket, self.owner)

    def _terms(self, provider: ProviderName, use: "Use", model: str, purpose: "Purpose") -> "Terms":
        from studio.generation import catalogue
        from studio.purchases import Terms
        from studio.store.quota import Quota

        price = catalogue.price(model, self.clock().date())
        rate = self.settings.image_rate if use == "image" else self.settings.text_rate
        # Rehearsing calls nobody, so there is nobody to spare.
        limited = provider != "draft" and rate > 0
        quota = Quota(self.client("dynamodb"), self.settings.table, provider, use, per_second=rate) if limited else None
        return Terms(provider, price, quota, purpose)

    def _gemini(self) -> Any:
        from studio.generation.gemini.client import open_client

        return _gemini_client(open_client, self._key(), self.settings.gemini_base_url)

    def _key(self) -> str:
        key = str((_stored_json(self.settings.gemini_secret) or {}).get("api_key", ""))
        if not key:
            raise ProviderMissing(NO_KEY)
        return key


def _stored_json(name: str) -> dict[str, Any] | None:
    """Return the JSON object in one of the stack's secrets; None where none, or something else, was put in."""
    # Imported here: only who buys, or acts elsewhere, needs a secret.
    from aws_lambda_powertools.utilities import parameters
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError, TransformParameterError

    try:
        secret: Any = parameters.get_secret(name, transform="json", max_age=_KEY_SECONDS)
    except GetParameterError as error:
        if "ResourceNotFoundException" not in str(error):
            raise
        return None
    except TransformParameterError:
        return None
    return secret if isinstance(secret, dict) else None


NO_KEY = (
    'No Gemini key is stored. Put one into the stack\'s GeminiKey secret as {"api_key": "…"}, '
    "or ask for the draft provider."
)


@cache
def _secret_text(get_secret_value: Callable[..., Any], secret_id: str) -> str:
    # The key never changes: what was digested with it could not be found again.
    return str(get_secret_value(SecretId=secret_id)["SecretString"])


@cache
def _gemini_client(open_client: Callable[..., Any], key: str, base_url: str) -> Any:
    return open_client(key, base_url or None)
