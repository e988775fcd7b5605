"""What is wrong or missing in ministack 1.5.33, each gap in a file of its own.

A patch replaces a function by one of the same signature. Each checks first
that what it replaces is still what it was written against, by a digest of the
source, so that another release of ministack fails at the start and not
silently later.
"""

import importlib.metadata
from typing import Any

from dropforge.cloud.patches.replacing import MINISTACK
from dropforge.errors import PatchError


def apply() -> None:
    """Apply every patch, once, before the server starts.

    Raises
    ------
    PatchError
        Another ministack is installed, or a patched function is not as expected.
    """
    version = importlib.metadata.version("ministack")
    if version != MINISTACK:
        raise PatchError(
            f"ministack {version} is installed, the patches are for {MINISTACK}; "
            f"install it with: pip install ministack=={MINISTACK}"
        )
    for module in _modules():
        module.apply()


def _modules() -> list[Any]:
    from dropforge.cloud.patches import loading, queue_urls, unknown_actions, unknown_paths
    from dropforge.cloud.patches.events import (
        event_delivery,
        event_source,
        request_limits,
        schedules,
    )
    from dropforge.cloud.patches.functions import (
        code_changes,
        function_limits,
        invocations,
        lambda_worker,
        queue_mappings,
        unpacked_code,
        worker_pool,
    )
    from dropforge.cloud.patches.iam import secure_transport, topic_policy, wildcards
    from dropforge.cloud.patches.logs import filter_log_events, log_memory
    from dropforge.cloud.patches.s3 import (
        anonymous,
        bucket_deletion,
        multipart,
        object_reads,
        object_version,
        object_writes,
        receiving,
        requests,
        virtual_hosts,
    )
    from dropforge.cloud.patches.saving import acknowledged, checkpoint
    from dropforge.cloud.patches.stepfunctions import (
        asl,
        branches,
        definitions,
        executions,
        map_run,
        single_states,
        start_execution,
        state_machine_role,
        strict,
        turns,
    )
    from dropforge.cloud.patches.stepfunctions.history import previous_events

    # The role first: what asl wraps must know the execution; the turn last, around both. Code
    # changes come after the pool of workers, around it. What loading does afterwards comes in
    # this order too: from then on what is in memory may be saved, events of the cloud before
    # are queued, and executions that it left are told of.
    return [
        state_machine_role,
        asl,
        strict,
        turns,
        branches,
        anonymous,
        bucket_deletion,
        definitions,
        event_delivery,
        request_limits,
        event_source,
        filter_log_events,
        lambda_worker,
        log_memory,
        map_run,
        object_version,
        object_reads,
        object_writes,
        requests,
        multipart,
        receiving,
        previous_events,
        queue_mappings,
        queue_urls,
        schedules,
        secure_transport,
        start_execution,
        single_states,
        virtual_hosts,
        topic_policy,
        unknown_actions,
        unknown_paths,
        function_limits,
        unpacked_code,
        wildcards,
        worker_pool,
        code_changes,
        loading,
        checkpoint,
        invocations,
        executions,
        acknowledged,
    ]
