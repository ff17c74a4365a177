"""Logging and metrics, wired once for every function. Tracing is Lambda's own (`Tracing: Active` in the template)."""

import functools
import warnings
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics

logger = Logger(use_rfc3339=True)
metrics = Metrics(namespace="EpisodeStudio")

# Most calls have nothing to count, and that is no reason for a line in the log.
warnings.filterwarnings("ignore", "No application metrics to publish")

type LambdaHandler = Callable[[dict[str, Any], Any], Any]


def observed(handler: LambdaHandler) -> LambdaHandler:
    """Return `handler` with its request id on every log line and its metrics flushed.

    Neither events nor answers are logged: they hold what people wrote.
    """
    measured: Any = metrics.log_metrics(handler, capture_cold_start_metric=True)
    logged: Any = logger.inject_lambda_context(measured, clear_state=True)
    return functools.wraps(handler)(logged)
