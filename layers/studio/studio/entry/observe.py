"""Logging, metrics and tracing, wired once for every function."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer

logger = Logger(use_rfc3339=True)
metrics = Metrics(namespace="EpisodeStudio")
_tracer = Tracer(auto_patch=False)

type LambdaHandler = Callable[[dict[str, Any], Any], Any]


def observed(handler: LambdaHandler) -> LambdaHandler:
    """Return `handler` with its request id on every log line, its metrics flushed and its invocation traced.

    Neither events nor answers are logged or traced: they hold what people wrote.
    """
    traced: Any = _tracer.capture_lambda_handler(handler, capture_response=False, capture_error=False)
    measured: Any = metrics.log_metrics(traced, capture_cold_start_metric=True)
    logged: Any = logger.inject_lambda_context(measured, clear_state=True)
    return logged  # type: ignore[no-any-return]
