"""The keys of the one table, all of them.

pk is the tenant: `OWNER#<sub>`. The sparse index `active` has the attributes `active_in` (its partition, there only
while something is under way) and `active_since`. The sweep reads it instead of scanning. Each month's budgets and the
caps that were set are in it too, `active_since` being their owner: what an administrator reads instead of scanning.
So is who has posts, for what is measured daily.
"""

from datetime import UTC, datetime

ACTIVE_INDEX = "active"
ACTIVE_EPISODES = "EPISODES"
ACTIVE_SPENDS = "SPENDS"
ACTIVE_CLIPS = "CLIPS"
"""Stored, but not measured yet."""

ACTIVE_PLANS = "PLANS"
ACTIVE_CAPS = "CAPS"
ACTIVE_POSTING = "POSTING"
"""Owners who have posts, since their latest one: who is measured."""

STATS = "STATS"
CAPS = "CAPS"
"""The sort key of the caps that were set for an owner."""


POSTING = "POSTING"
"""The sort key of what says that an owner has posts."""


def owner(sub: str) -> str:
    """Return the partition of one owner's things."""
    return f"OWNER#{sub}"


def quota(provider: str, use: str) -> tuple[str, str]:
    """Return pk and sk of a limit that all owners share."""
    return f"QUOTA#{provider}", use


def project(project_id: str = "") -> str:
    """Return a project's sort key, or the prefix of all."""
    return f"PROJECT#{project_id}"


def character(project_id: str, character_id: str = "") -> str:
    """Return a character's sort key, or the prefix of a project's."""
    return f"CHARACTER#{project_id}#{character_id}"


def attachment(attachment_id: str = "") -> str:
    """Return an attachment's sort key, or the prefix of all."""
    return f"ATTACHMENT#{attachment_id}"


def episode(episode_id: str = "") -> str:
    """Return an episode's sort key, or the prefix of all."""
    return f"EPISODE#{episode_id}"


def clip(episode_id: str, number: int | None = None) -> str:
    """Return a clip's sort key, or the prefix of an episode's."""
    return f"CLIP#{episode_id}#" + ("" if number is None else str(number))


def stage(episode_id: str, name: str = "") -> str:
    """Return a stage artifact's sort key, or the prefix of an episode's."""
    return f"STAGE#{episode_id}#{name}"


def gate(episode_id: str, name: str = "") -> str:
    """Return a review gate's sort key, or the prefix of an episode's."""
    return f"GATE#{episode_id}#{name}"


def act(episode_id: str, act_id: str = "") -> str:
    """Return the sort key of something that was asked of an episode, or the prefix of all that was."""
    return f"ACT#{episode_id}#{act_id}"


def canon(project_id: str, episode_id: str = "") -> str:
    """Return the sort key of what an episode adds to its show's canon, or the prefix of the show's."""
    return f"CANON#{project_id}#{episode_id}"


def learned(project_id: str, version: int | None = None) -> str:
    """Return the sort key of a version of what a show has learned, or the prefix of all; in the order of versions."""
    return f"LEARNED#{project_id}#" + ("" if version is None else f"{version:08}")


def run(run_id: str = "") -> str:
    """Return a BotRun's sort key, or the prefix of all."""
    return f"RUN#{run_id}"


def approval(approval_id: str = "") -> str:
    """Return an approval's sort key, or the prefix of all."""
    return f"APPROVAL#{approval_id}"


def content(content_hash: str) -> str:
    """Return the sort key of what leads from a content to its approval."""
    return f"CONTENT#{content_hash}"


def connection(network: str = "", account_id: str = "") -> str:
    """Return a connected account's sort key, or the prefix of a network's, or of all."""
    return "CONNECTION#" + (f"{network}#{account_id}" if network else "")


def sign_in(state: str) -> str:
    """Return the sort key of a sign-in elsewhere that is under way. state: a digest of what the browser carries."""
    return f"SIGNIN#{state}"


def post(episode_id: str = "", post_id: str = "") -> str:
    """Return a post's sort key, or the prefix of an episode's, or of all."""
    return "POST#" + (f"{episode_id}#{post_id}" if episode_id else "")


def posted(content_hash: str) -> str:
    """Return the sort key of what leads from a content to its post."""
    return f"POSTED#{content_hash}"


def experiment(experiment_id: str = "") -> str:
    """Return an experiment's sort key, or the prefix of all."""
    return f"EXPERIMENT#{experiment_id}"


def trend(where: str, hour: str = "", topic: str = "") -> str:
    """Return the sort key of a topic as it was seen in an hour, or the prefix of the hour's, or of a place's.

    topic: its digest.
    """
    return f"TREND#{where}#" + (f"{hour}#{topic}" if hour else "")


def measured(episode_id: str, post_id: str, hour: str = "") -> str:
    """Return the sort key of what was measured of a post in an hour, or the prefix of all that was."""
    return f"MEASURED#{episode_id}#{post_id}#{hour}"


def track(episode_id: str = "", post_id: str = "") -> str:
    """Return the sort key of a post's course so far, or the prefix of an episode's, or of all."""
    return "TRACK#" + (f"{episode_id}#{post_id}" if episode_id else "")


def hour(at: datetime) -> str:
    """Return the UTC hour as `yyyy-mm-ddThh`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H")


def reply(content_hash: str) -> str:
    """Return the sort key of an answer to a comment that goes out, or went."""
    return f"REPLY#{content_hash}"


def broadcast(content_hash: str) -> str:
    """Return the sort key of a live event that is announced, or was."""
    return f"BROADCAST#{content_hash}"


def thread(network: str, thread_id: str) -> str:
    """Return what a comment is called as a target."""
    return f"{network}#{thread_id}"


def aimed_at(target: str) -> str:
    """Return the sort key that says which content went to a target that takes one only, such as a comment."""
    return f"AIMED#{target}"


REPLY_RATE = "REPLYRATE"
"""The sort key of when an owner's last answers to comments went out."""


def bot_health(name: str = "") -> str:
    """Return the sort key of how a bot last did, or the prefix of all."""
    return f"BOT#{name}"


def plan_run(plan_run_id: str = "") -> str:
    """Return the sort key of a plan that is carried out, or the prefix of all."""
    return f"PLANRUN#{plan_run_id}"


def plan_step(plan_run_id: str, step_id: str = "") -> str:
    """Return the sort key of how one of its steps went, or the prefix of all its steps."""
    return f"PLANSTEP#{plan_run_id}#{step_id}"


def spend(month: str, spend_id: str = "") -> str:
    """Return a ledger entry's sort key, or the prefix of a month's."""
    return f"SPEND#{month}#{spend_id}"


def budget(month: str) -> str:
    """Return the sort key of a month's budget."""
    return f"BUDGET#{month}"


def active_budgets(month: str) -> str:
    """Return the index's partition of a month's budgets."""
    return f"BUDGETS#{month}"


def bill(episode_id: str, purpose: str = "", clip: int | None = None) -> str:
    """Return the sort key of a line of an episode's bill, or the prefix of all."""
    return f"BILL#{episode_id}#" + (f"{purpose}#{clip or 0}" if purpose else "")


def activity(activity_id: str = "") -> str:
    """Return an activity's sort key, or the prefix of all."""
    return f"ACTIVITY#{activity_id}"


def events(sub: str) -> str:
    """Return the partition of what one owner's audience did, apart from the owner's own: it may grow large."""
    return f"EVENTS#{sub}"


def event(day: str = "", event_id: str = "") -> str:
    """Return an event's sort key; with a `yyyy-mm-dd` alone the prefix of a day's, without the prefix of all."""
    return f"EVENT#{day}#{event_id}" if day else "EVENT#"


def event_claim(event_id: str) -> str:
    """Return the sort key that says an event's id was taken, on whichever day."""
    return f"EVENTID#{event_id}"


def event_import(import_id: str = "") -> str:
    """Return the sort key of an import of events, or the prefix of all."""
    return f"IMPORT#{import_id}"


def imported_file(digest: str) -> str:
    """Return the sort key that says which import brought a file, read in one way."""
    return f"IMPORTED#{digest}"


def link(link_id: str = "") -> str:
    """Return a short link's sort key, or the prefix of all."""
    return f"LINK#{link_id}"


def lead_form(episode_id: str = "") -> str:
    """Return the sort key of an episode's form, or the prefix of all."""
    return f"FORM#{episode_id}"


def lead(lead_id: str = "") -> str:
    """Return a lead's sort key, or the prefix of all."""
    return f"LEAD#{lead_id}"


def lead_of(contact: str, episode_id: str = "") -> str:
    """Return the sort key that says which lead somebody is for an episode, or the prefix of all theirs.

    contact: the digest of their address.
    """
    return f"LEADOF#{contact}#{episode_id}"


def consent(contact: str, consent_id: str = "") -> str:
    """Return the sort key of what somebody agreed to, or the prefix of all of that."""
    return f"CONSENT#{contact}#{consent_id}"


def suppressed(contact: str) -> str:
    """Return the sort key that says that somebody wants no mail."""
    return f"SUPPRESSED#{contact}"


def link_for(tags: str) -> str:
    """Return the sort key that says which link was made for a target with certain tags. tags: a digest of both."""
    return f"LINKFOR#{tags}"


def offer(offer_id: str = "") -> str:
    """Return an offer's sort key, or the prefix of all."""
    return f"OFFER#{offer_id}"


def order(order_id: str = "") -> str:
    """Return an order's sort key, or the prefix of all."""
    return f"ORDER#{order_id}"


def payment(payment_id: str) -> str:
    """Return the sort key that says which order a payment was for."""
    return f"PAYMENT#{payment_id}"


def paid_back(payment_id: str) -> str:
    """Return the sort key of how much of a payment was given back, whether its order is known or not."""
    return f"PAIDBACK#{payment_id}"


def product(product_id: str = "") -> str:
    """Return a product's sort key, or the prefix of all."""
    return f"PRODUCT#{product_id}"


def product_of(digest: str) -> str:
    """Return the sort key of what leads from what is offered to its product."""
    return f"PRODUCTOF#{digest}"


def sales(product_id: str, mode: str = "", currency: str = "") -> str:
    """Return the sort key of what was sold of a product in a mode and a currency, or the prefix of all that was."""
    return f"SALES#{product_id}#" + (f"{mode}#{currency}" if mode else "")


def held_order(product_id: str, order_id: str = "") -> str:
    """Return the sort key of an order of a product's that is not delivered, or the prefix of all those."""
    return f"HELD#{product_id}#{order_id}"


def delivery(order_id: str) -> str:
    """Return the sort key of what a buyer may download."""
    return f"DELIVERY#{order_id}"


def refunds(charge: str) -> str:
    """Return the sort key, among the events, of what was given back of a payment."""
    return f"REFUNDS#{charge}"


def webhook(network: str) -> str:
    """Return the sort key of the code under which a network calls back."""
    return f"WEBHOOK#{network}"


def public(kind: str, digest: str) -> tuple[str, str]:
    """Return pk and sk of what a public code leads to. digest: the code's, so that the table tells no codes."""
    return f"PUBLIC#{kind}#{digest}", "ENTRY"


def month(at: datetime) -> str:
    """Return the UTC month as `yyyy-mm`."""
    return at.strftime("%Y-%m")
