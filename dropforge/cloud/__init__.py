"""The local cloud: AWS's services on this machine, without an account and without Docker."""

from dropforge.cloud.deployment.deploy import deploy
from dropforge.cloud.door.bridge import find_bridge
from dropforge.cloud.endpoint import Cloud, session
from dropforge.cloud.lifecycle import down, running, up

__all__ = ["Cloud", "deploy", "down", "find_bridge", "running", "session", "up"]
