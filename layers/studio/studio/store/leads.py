"""Leads: pending until confirmed, with an append-only record of each consent, and who is never to be written to."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from studio.domain.base import new_id
from studio.domain.errors import NotFound
from studio.domain.lead import ConsentRecord, Lead, LeadStatus, SignUp
from studio.store import keys
from studio.store.directory import Directory
from studio.store.lead_forms import counted
from studio.store.table import NEW, ConditionFailedError, Item, Partition, Write, assign, fields

PENDING_FOR = timedelta(hours=48)
"""So long a confirmation can be given. After it an address that nobody confirmed is forgotten."""

BETWEEN_MAILS = timedelta(seconds=60)
"""What is asked for twice at once is mailed once."""

_GONE = "There is no such lead."


class Leads:
    """One owner's leads. directory: where the codes are found with which people leave."""

    def __init__(self, partition: Partition, directory: Directory) -> None:
        self._partition = partition
        self._directory = directory

    # -- asking and confirming

    def ask(self, sign_up: SignUp, at: datetime) -> Lead:
        """Return the lead of who asks: as they were known for this episode, or pending from now.

        Who asks again while pending waits anew, and agrees to what they have just read.
        """
        pointer = keys.lead_of(sign_up.contact, sign_up.episode_id)
        known = self._pointed(pointer)
        if known is not None and (known.status is not LeadStatus.PENDING or at < known.asked_at + PENDING_FOR):
            if known.status is LeadStatus.PENDING:
                self._again(known, sign_up, at)
            return self.get(known.lead_id)
        if known is not None:
            # Too old, and DynamoDB has not forgotten it yet.
            self._forget(known)
        lead_id, expires = new_id(at), _expires(at)
        code = self._directory.open("subscription", self._partition.owner, sign_up.contact)
        lead = Lead(**dict(sign_up), lead_id=lead_id, unsubscribe=code, asked_at=at)
        try:
            self._partition.write(
                Write("Put", pointer, {"lead_id": lead_id, "expires_at": expires}, condition=NEW),
                Write("Put", keys.lead(lead_id), _item(lead) | {"expires_at": expires}),
                counted(lead.episode_id, "asked"),
            )
        except ConditionFailedError as error:
            self._directory.close("subscription", code)
            there = self._pointed(pointer)
            if there is None:
                raise NotFound(_GONE) from error
            return there
        return lead

    def claim_mail(self, lead: Lead, at: datetime) -> bool:
        """Say that a mail goes to a pending lead now; False where one has just gone, or they are not pending."""
        write = assign(
            keys.lead(lead.lead_id),
            {"mailed_at": at.isoformat()},
            condition="#status = :status AND (attribute_not_exists(mailed_at) OR mailed_at < :before)",
            status=LeadStatus.PENDING,
            before=(at - BETWEEN_MAILS).isoformat(),
        )
        try:
            self._partition.write(write)
        except ConditionFailedError:
            return False
        return True

    def unclaim_mail(self, lead: Lead) -> None:
        """Say that the mail did not go after all, so that it can be asked for again at once."""
        self._change(assign(keys.lead(lead.lead_id), {"mailed_at": None}))

    def confirm(self, lead: Lead, consent: ConsentRecord) -> None:
        """Take a pending lead in, with the record of what they agreed to. Raises NotFound where it is not pending."""
        confirmed = {"status": LeadStatus.CONFIRMED, "confirmed_at": consent.at.isoformat(), "expires_at": None}
        try:
            self._partition.write(
                assign(keys.lead(lead.lead_id), confirmed, condition="#status = :was", was=LeadStatus.PENDING),
                assign(keys.lead_of(lead.contact, lead.episode_id), {"expires_at": None}),
                Write(
                    "Put",
                    keys.consent(lead.contact, consent.consent_id),
                    consent.model_dump(mode="json"),
                    condition=NEW,
                ),
                counted(lead.episode_id, "confirmed"),
            )
        except ConditionFailedError as error:
            raise NotFound(_GONE) from error

    # -- leaving

    def suppressed(self, contact: str) -> bool:
        """Whether somebody wants no mail, whatever they are signed up for later, and by whomever."""
        return self._partition.get(keys.suppressed(contact)) is not None

    def unsubscribe(self, contact: str, at: datetime) -> None:
        """Never write to somebody again. Their addresses go, and only the digest stays. Twice is no error."""
        self._partition.write(Write("Put", keys.suppressed(contact), {"at": at.isoformat()}))
        left = {"status": LeadStatus.UNSUBSCRIBED, "unsubscribed_at": at.isoformat(), "sealed": ""}
        for lead in self.of(contact):
            if lead.status is LeadStatus.PENDING:
                self._forget(lead)
            elif lead.status is LeadStatus.CONFIRMED:
                try:
                    self._partition.write(
                        assign(keys.lead(lead.lead_id), left, condition="#status = :was", was=LeadStatus.CONFIRMED),
                        counted(lead.episode_id, "unsubscribed"),
                    )
                except ConditionFailedError:
                    # Somebody pressed twice, and the first one did it.
                    continue

    # -- reading

    def get(self, lead_id: str) -> Lead:
        """Return a lead. Raises NotFound."""
        item = self._partition.get(keys.lead(lead_id))
        if item is None:
            raise NotFound(_GONE)
        return Lead.model_validate(fields(item))

    def page(self, limit: int, cursor: str | None) -> tuple[list[Lead], str | None]:
        """Return the newest leads first, and the next cursor."""
        page = self._partition.query(keys.lead(), limit=limit, cursor=cursor, newest_first=True)
        return [Lead.model_validate(fields(item)) for item in page.items], page.cursor

    def of(self, contact: str) -> list[Lead]:
        """Return everything that somebody is signed up for."""
        pointers = self._partition.all(keys.lead_of(contact))
        found = (self._partition.get(keys.lead(str(pointer["lead_id"]))) for pointer in pointers)
        return [Lead.model_validate(fields(item)) for item in found if item is not None]

    def consents(self, contact: str) -> list[ConsentRecord]:
        """Return what somebody agreed to, oldest first."""
        return [ConsentRecord.model_validate(fields(item)) for item in self._partition.all(keys.consent(contact))]

    # -- erasing

    def erase(self, contact: str) -> None:
        """Delete everything about somebody but that they want no mail, if they said so. Nothing there is no error."""
        self._partition.write_each(self._all_of(contact))

    def _all_of(self, contact: str) -> Iterator[Write]:
        for pointer in self._partition.all(keys.lead_of(contact)):
            # What is found by comes last, so that what broke off is found again.
            yield Write("Delete", keys.lead(str(pointer["lead_id"])))
        for prefix in (keys.consent(contact), keys.lead_of(contact)):
            for item in self._partition.all(prefix):
                yield Write("Delete", str(item["sk"]))

    # -- inside

    def _again(self, lead: Lead, sign_up: SignUp, at: datetime) -> None:
        expires = _expires(at)
        told = {
            "asked_at": at.isoformat(),
            "sealed": sign_up.sealed,
            "consent": sign_up.consent,
            "form_version": sign_up.form_version,
            "came_from": sign_up.came_from,
            "expires_at": expires,
        }
        try:
            self._partition.write(
                assign(keys.lead(lead.lead_id), told, condition="#status = :status", status=LeadStatus.PENDING),
                assign(keys.lead_of(lead.contact, lead.episode_id), {"expires_at": expires}),
            )
        except ConditionFailedError:
            # They confirmed, or left, at the same moment: that stands.
            return

    def _forget(self, lead: Lead) -> None:
        self._partition.write_each(
            [
                Write("Delete", keys.lead(lead.lead_id)),
                Write("Delete", keys.lead_of(lead.contact, lead.episode_id)),
            ]
        )

    def _pointed(self, sk: str) -> Lead | None:
        pointer: Item | None = self._partition.get(sk)
        item = None if pointer is None else self._partition.get(keys.lead(str(pointer["lead_id"])))
        return None if item is None else Lead.model_validate(fields(item))

    def _change(self, write: Write) -> None:
        try:
            self._partition.write(write)
        except ConditionFailedError as error:
            raise NotFound(_GONE) from error


def _expires(at: datetime) -> int:
    return int((at + PENDING_FOR).timestamp())


def _item(lead: Lead) -> Item:
    return lead.model_dump(mode="json", exclude_none=True)
