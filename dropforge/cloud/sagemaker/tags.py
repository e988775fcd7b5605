"""Tags of any resource."""

from collections.abc import Iterator
from typing import Any

from dropforge.cloud.api_errors import invalid
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import store

_LIMIT = 50


def put(arn: str, given: list[dict[str, str]]) -> None:
    """Keep the tags that a resource is created with."""
    if given:
        store.tags[arn] = {tag["Key"]: tag["Value"] for tag in given}


def forget(arn: str) -> None:
    """Drop the tags of a resource that is deleted: a new one of its name has its own."""
    if arn in store.tags:
        del store.tags[arn]


def of_all() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield each resource that has tags, for the condition key aws:ResourceTag."""
    # A copy: calls are answered in other threads.
    for key, given in store.tags._data.copy().items():
        if store.tags._is_mine(key):
            yield store.tags._unscope(key), _as_list(given)


def add(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """AddTags."""
    arn = _existing(request["ResourceArn"])
    merged = store.tags.get(arn, {}) | {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    if len(merged) > _LIMIT:
        raise invalid(f"A resource may have at most {_LIMIT} tags, not {len(merged)}")
    store.tags[arn] = merged
    return {"Tags": _as_list(merged)}


def listing(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """ListTags."""
    return {"Tags": _as_list(store.tags.get(_existing(request["ResourceArn"]), {}))}


def delete(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DeleteTags."""
    arn = _existing(request["ResourceArn"])
    kept = {k: v for k, v in store.tags.get(arn, {}).items() if k not in request["TagKeys"]}
    store.tags[arn] = kept
    return {}


def _existing(arn: str) -> str:
    for records, key in (
        *((jobs, jobs.arn_member) for jobs in store.ALL_JOBS),
        (store.models, "ModelArn"),
        (store.package_groups, "ModelPackageGroupArn"),
        (store.packages, "ModelPackageArn"),
    ):
        if any(record[key] == arn for record in records.values()):
            return arn
    raise invalid(f"Could not find resource {arn}.")


def _as_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
