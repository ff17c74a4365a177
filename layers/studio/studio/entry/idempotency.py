"""`Idempotency-Key`: the same key and body gives the same answer, another body 409. Powertools does the work."""

import json
from collections.abc import Callable
from typing import Any

from studio.entry.context import Settings, client
from studio.entry.problems import refusal
from studio.store import keys

_DAY = 24 * 3600
_MAX_KEY = 200


class _NotKeptError(Exception):
    """Carries an answer that must not be given again: the caller should be able to try once more."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


def once(
    respond: Callable[[], dict[str, Any]], event: dict[str, Any], context: Any, owner: str, key: str
) -> dict[str, Any]:
    """Answer `event` by `respond`, once per owner, route and key, and keep a good answer for a day."""
    # Imported here: most calls carry no key, and this costs them time at start.
    from aws_lambda_powertools.utilities.idempotency import (
        DynamoDBPersistenceLayer,
        IdempotencyConfig,
        idempotent_function,
    )
    from aws_lambda_powertools.utilities.idempotency.exceptions import (
        IdempotencyAlreadyInProgressError,
        IdempotencyValidationError,
    )

    if not key.isascii() or not key.isprintable() or len(key) > _MAX_KEY:
        return refusal(event, 400, "malformed", f"Idempotency-Key takes up to {_MAX_KEY} printable ASCII characters.")

    def resolve(*, call: dict[str, Any]) -> dict[str, Any]:
        del call
        answer = respond()
        if answer["statusCode"] >= 400:
            raise _NotKeptError(answer)
        return answer

    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="body",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=_DAY,
        hash_function="sha256",
        lambda_context=context,
    )
    store = DynamoDBPersistenceLayer(
        Settings.from_environment().table,
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value=keys.owner(owner),
        expiry_attr="expires_at",
        boto3_client=client("dynamodb"),
    )
    run = idempotent_function(
        resolve, data_keyword_argument="call", persistence_store=store, config=config, key_prefix="IDEMPOTENCY"
    )
    try:
        return run(call={"key": [event["path"], key], "body": _canonical(event.get("body"))})  # type: ignore[no-any-return]
    except _NotKeptError as not_kept:
        return not_kept.answer
    except IdempotencyValidationError:
        return refusal(event, 409, "conflict", "This Idempotency-Key was used with another body. Use a new key.")
    except IdempotencyAlreadyInProgressError:
        return refusal(event, 409, "conflict", "The first request with this Idempotency-Key is still at work.")


def _canonical(body: str | None) -> str:
    try:
        return json.dumps(json.loads(body or "null"), sort_keys=True)
    except (ValueError, RecursionError):
        return body or ""
