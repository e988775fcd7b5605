"""A local cloud that is up, and a session that reaches it."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from dropforge.cloud import service_models

HOST = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT = "000000000000"
# ministack lets this key act as the account's root and does not check its signature.
ACCESS_KEY = SECRET_KEY = "test"  # noqa: S105 - no secret: it opens only this machine's own cloud


@dataclass(frozen=True)
class Cloud:
    """A local cloud that is up.

    Parameters
    ----------
    token : opens the administrative routes; another at each start.
    docker_endpoint : where containers reach it; empty if they cannot.
    """

    endpoint: str
    region: str
    pid: int
    state_dir: Path
    account: str
    token: str = field(repr=False)
    docker_endpoint: str = ""


class LocalSession(boto3.Session):  # type: ignore[misc]
    """A session whose clients talk to a local cloud, whatever the user's own AWS settings say."""

    def __init__(self, endpoint: str, region: str) -> None:
        # A profile that the environment names need not exist in order to use the local cloud.
        own = botocore.session.Session(
            session_vars={
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
        )
        # Nobody reads their documentation here, and to read it all takes time at each start.
        own.register_component("data_loader", service_models.loader())
        super().__init__(
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name=region,
            botocore_session=own,
        )
        self.endpoint = endpoint

    def client(self, *args: Any, **kwargs: Any) -> Any:
        """Make a client of the local cloud."""
        kwargs.setdefault("endpoint_url", self.endpoint)
        # Without TLS the SDK would hash each body for the signature, which is not checked.
        # Nor is a checksum wanted of bytes that leave no memory of this machine.
        unsigned = Config(
            s3={"payload_signing_enabled": False}, request_checksum_calculation="when_required"
        )
        kwargs["config"] = unsigned.merge(kwargs.get("config") or Config())
        return super().client(*args, **kwargs)


def session(cloud: Cloud) -> boto3.Session:
    """Return a session whose clients are the root user of the local cloud."""
    return LocalSession(cloud.endpoint, cloud.region)
