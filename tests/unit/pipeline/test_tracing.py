"""What the X-Ray daemon is sent of an invocation."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

FUNCTIONS = Path(__file__).parents[3] / "functions"
_INVOKED = """
from botocore.stub import Stubber
from pipeline.clients import client, make_tracer

tracer = make_tracer()
s3 = client("s3")

@tracer.capture_lambda_handler
def handler(event, context):
    with Stubber(s3) as stubber:
        stubber.add_response("list_buckets", {"Buckets": []})
        return len(s3.list_buckets()["Buckets"])

assert handler({}, None) == 0
"""


def sent(code: str) -> list[dict[str, Any]]:
    """Run code as Lambda does a sampled invocation; return the segments that the daemon hears."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(10)
        own = ("AWS_", "POWERTOOLS_", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        environment = {
            "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1", "LAMBDA_TASK_ROOT": str(FUNCTIONS),
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
            "POWERTOOLS_SERVICE_NAME": "dropforge", "PYTHONPATH": str(FUNCTIONS),
            "_X_AMZN_TRACE_ID": "Root=1-65f0a1b2-0123456789abcdef01234567;"
            "Parent=0123456789abcdef;Sampled=1",
        }  # fmt: skip
        subprocess.run([sys.executable, "-c", code], check=True, env=kept | environment, timeout=60)
        heard = []
        # A segment that has a parent in the invocation is sent when that has ended.
        while not heard or heard[-1]["name"] != "## handler":
            heard.append(json.loads(daemon.recv(65_536).split(b"\n", 1)[1]))
        return heard


def test_invocation_has_a_segment_and_each_call_of_aws_one_in_it() -> None:
    call, invocation = sent(_INVOKED)
    assert invocation["name"] == "## handler"
    assert call["name"] == "s3"
    assert call["aws"]["operation"] == "ListBuckets"
    assert call["parent_id"] == invocation["id"]
    assert call["trace_id"] == invocation["trace_id"] == "1-65f0a1b2-0123456789abcdef01234567"
