"""Who calls, whose permissions a job has, and what they allow."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, sts

from dropforge.cloud.api_errors import ApiError, invalid

SERVICE = "sagemaker.amazonaws.com"


@dataclass(frozen=True)
class Caller:
    """A principal that asks for something; root, without an access key, may do all."""

    access_key: str = ""
    arn: str = ""


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of a role."""

    access_key: str
    secret_key: str
    token: str
    arn: str


def is_root(access_key: str) -> bool:
    """Whether an access key is one of the local cloud's root user."""
    return bool(iam_evaluator.is_root_access_key(access_key))


def role_credentials(role_arn: str, session_name: str) -> Credentials:
    """Let a service act with a role's permissions, as AssumeRole would.

    The keys are derived, so that every use of a role by the same session is the
    same principal and nothing piles up in STS.
    """
    account = role_arn.split(":")[4]
    name = role_arn.rsplit("/", 1)[-1]
    digest = hashlib.sha256(f"{role_arn}\n{session_name}".encode()).hexdigest()
    made = Credentials(
        access_key=f"ASIA{digest[:16].upper()}",
        secret_key=digest[16:56],
        token=digest[::-1],
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
    )
    sts.register_session(
        made.access_key,
        {
            "Arn": made.arn,
            "UserId": f"{name}:{session_name}",
            "SecretAccessKey": made.secret_key,
            "SessionToken": made.token,
        },
    )
    return made


def caller_of_role(role_arn: str, session_name: str) -> Caller:
    """Return a role's session as a caller."""
    made = role_credentials(role_arn, session_name)
    return Caller(made.access_key, made.arn)


def denial(
    caller: Caller, action: str, resource: str, context: dict[str, Any] | None = None
) -> str | None:
    """Return AWS's message if the caller may not do something, None if it may."""
    if not caller.access_key:
        return None
    principal = iam_evaluator.resolve_principal(caller.access_key, get_account_id())
    if isinstance(principal, iam_evaluator.AuthError):
        return str(principal.message)
    if principal.policies is None:
        return None
    # A request that names no tags has no aws:TagKeys.
    keys: dict[str, Any] = {"aws:tagkeys": None}
    keys.update({key.lower(): value for key, value in (context or {}).items()})
    asked = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=keys,
        principal_keys=principal.keys,
    )
    result = iam_evaluator.evaluate(asked, principal.policies, *principal.limits)
    if result.decision == "Allow":
        return None
    reason = (
        "with an explicit deny in an identity-based policy"
        if result.decision == "Deny"
        else f"because no identity-based policy allows the {action} action"
    )
    return (
        f"User: {principal.arn} is not authorized to perform: {action} "
        f"on resource: {resource} {reason}"
    )


def require_pass_role(caller: Caller, role_arn: str) -> None:
    """Refuse a caller that may not pass the role on to SageMaker (IAM user guide, PassRole)."""
    message = denial(caller, "iam:PassRole", role_arn, {"iam:PassedToService": SERVICE})
    if message:
        raise ApiError("AccessDeniedException", message)


def is_assumable(role_arn: str, service: str) -> bool:
    """Whether a role exists and trusts a service."""
    role = iam._roles.get(role_arn.rsplit("/", 1)[-1])
    return role is not None and _trusts(role.get("AssumeRolePolicyDocument"), service)


def require_assumable(role_arn: str) -> None:
    """Refuse a role that does not exist or does not trust SageMaker.

    The message is the one that CreateTrainingJob and CreateModel give, quoted in
    aws/sagemaker-python-sdk#300.
    """
    if not is_assumable(role_arn, SERVICE):
        raise invalid(
            f"Could not assume role {role_arn}. Please ensure that the role exists and allows "
            f"principal '{SERVICE}' to assume the role."
        )


def _trusts(document: Any, service: str) -> bool:
    policy = json.loads(document) if isinstance(document, str) else document or {}
    statements = policy.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal")
        named = principal.get("Service", []) if isinstance(principal, dict) else []
        services = [named] if isinstance(named, str) else named
        if statement.get("Effect") == "Allow" and (principal == "*" or service in services):
            return True
    return False
