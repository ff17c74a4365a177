"""Takes: starting an execution for an episode, stopping it, and settling an episode whose execution is over."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from studio.domain.episode import Clip, ClipStatus, Episode, Status, outcome
from studio.domain.errors import Conflict, NotFound, Unavailable
from studio.entry.context import Studio
from studio.entry.observe import logger, metrics

OVER = {"FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED", "GONE"}
"""Execution statuses after which nothing more will happen; GONE is one that Step Functions does not know."""


def queue(studio: Studio, episode: Episode, machine: str, **changes: Any) -> Episode:
    """Queue an episode's next take. Raises Conflict while another is at work.

    machine: the ARN of the state machine that `start` will then be given. changes: other fields of the episode.
    """
    if episode.under_way:
        raise Conflict(f"The episode is {episode.status} already; wait until it is done, or cancel it.")
    take = episode.take + 1
    return studio.episodes.move(
        episode.episode_id,
        Status.QUEUED,
        studio.clock(),
        expect=episode.take,
        take=take,
        execution=execution_arn(machine, episode.episode_id, take),
        reason="",
        **changes,
    )


def reset_clips(studio: Studio, episode: Episode, takes: Mapping[int, int]) -> None:
    """Set a queued episode's clips back to pending: what an earlier take left must not count for this one.

    takes: the clips' numbers, each with the take of its picture that is wanted.
    """
    for number, take in takes.items():
        studio.episodes.update_clip(
            episode.episode_id, number, studio.clock(), status=ClipStatus.PENDING, reason="", take=take
        )


def start(studio: Studio, episode: Episode, machine: str, **more: Any) -> None:
    """Start the execution of a queued episode; one that cannot be started leaves a failed episode that says so."""
    asked = {"owner": studio.owner, "take": episode.take, "episode_id": episode.episode_id, **more}
    try:
        studio.client("stepfunctions").start_execution(
            stateMachineArn=machine, name=_name(episode.episode_id, episode.take), input=json.dumps(asked)
        )
    except (ClientError, BotoCoreError) as error:
        logger.exception("execution not started")
        reason = "It could not be started. Take the episode up again in a moment."
        studio.episodes.move(episode.episode_id, Status.FAILED, studio.clock(), reason=reason)
        raise Unavailable(reason) from error


def stop(studio: Studio, episode: Episode) -> Episode:
    """Cancel an episode that is being made, or waits at a gate. What is finished stays. Raises Conflict for others."""
    if not episode.under_way:
        raise Conflict(f"The episode is {episode.status}; there is nothing to cancel.")
    reason = "Cancelled. What is finished was kept; take the episode up again to go on."
    cancelled = studio.episodes.move(
        episode.episode_id, Status.CANCELLED, studio.clock(), expect=episode.take, reason=reason
    )
    # The producer starts the video machine under its own execution's name; stopping it may leave that one running.
    for machine in (studio.settings.producer_machine, studio.settings.video_machine):
        execution = execution_arn(machine, episode.episode_id, episode.take)
        try:
            studio.client("stepfunctions").stop_execution(executionArn=execution, cause="cancelled by its owner")
        except ClientError as error:
            # An execution that never was, or is over, cannot be stopped and need not be.
            if error.response["Error"]["Code"] not in {"ExecutionDoesNotExist", "ValidationException"}:
                raise
    return cancelled


def execution_status(studio: Studio, episode: Episode) -> str:
    """Return the status of an episode's execution, or GONE."""
    try:
        answer = studio.client("stepfunctions").describe_execution(executionArn=episode.execution)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"ExecutionDoesNotExist", "InvalidArn"}:
            return "GONE"
        raise
    return str(answer["status"])


def settle(studio: Studio, episode: Episode, execution: str) -> Episode:
    """Give an episode whose execution is over the status its clips have earned.

    execution: the execution's status, one of OVER. A settled episode is returned as it is.
    """
    if not episode.under_way:
        return episode
    clips = studio.episodes.clips(episode.episode_id)
    if execution == "ABORTED":
        to, reason = Status.CANCELLED, "The execution was stopped. Take the episode up again to go on."
    elif clips and episode.status is Status.RENDERING:
        # Whoever was at a clip is gone.
        clips = fail_unrendered(studio, episode, [clip.number for clip in clips])
        to, reason = outcome(clips)
    else:
        to, reason = Status.FAILED, _sentence(execution)
    logger.warning("settled", extra={"episode_id": episode.episode_id, "execution": execution, "to": to})
    return close(studio, episode, to, reason)


def close(studio: Studio, episode: Episode, to: Status, reason: str) -> Episode:
    """Move an episode to a final status, and count it."""
    closed = studio.episodes.move(episode.episode_id, to, studio.clock(), expect=episode.take, reason=reason)
    metrics.add_metric(f"Episode{to.capitalize()}", unit="Count", value=1)
    return closed


def fail_unrendered(studio: Studio, episode: Episode, numbers: Sequence[int]) -> list[Clip]:
    """Mark those of the numbered clips that did not get rendered as failed, and return all clips."""
    for clip in studio.episodes.clips(episode.episode_id):
        if clip.number in numbers and clip.status in {ClipStatus.PENDING, ClipStatus.RENDERING}:
            reason = clip.reason or "The renderer broke off and retries did not help. Render this clip again."
            studio.episodes.update_clip(
                episode.episode_id, clip.number, studio.clock(), status=ClipStatus.FAILED, reason=reason
            )
    return studio.episodes.clips(episode.episode_id)


def execution_arn(machine: str, episode_id: str, take: int) -> str:
    """Return the ARN an episode's execution has, or will have: its name is its episode and take."""
    return machine.replace(":stateMachine:", ":execution:") + f":{_name(episode_id, take)}"


def parse_name(execution_name: str) -> tuple[str, int]:
    """Return episode id and take from an execution's name. Raises NotFound for a name not ours."""
    episode_id, _, take = execution_name.rpartition("-")
    if not episode_id or not take.isdecimal():
        raise NotFound("This execution is not of an episode.")
    return episode_id, int(take)


def _name(episode_id: str, take: int) -> str:
    return f"{episode_id}-{take}"


def _sentence(execution: str) -> str:
    return {
        "TIMED_OUT": "It took too long and was stopped. Take the episode up again to go on.",
        "GONE": "Its execution is gone, as after a restart. Take the episode up again to go on.",
    }.get(execution, "It broke off. Take the episode up again to go on; what is finished is not bought again.")
