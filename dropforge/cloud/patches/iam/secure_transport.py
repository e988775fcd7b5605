"""Calls count as encrypted: the local endpoint stands for AWS's, which is HTTPS.

A bucket policy that refuses plain HTTP (aws:SecureTransport) is right on AWS
and must not have an exception for the local cloud, which listens on the
loopback interface only.
"""

from dropforge.cloud.patches.replacing import replace


def apply() -> None:
    """Let each request's policy checks see an encrypted transport."""
    from ministack import app
    from ministack.core import iam_evaluator

    def pin_request_origin(source_ip: str, _secure_transport: bool) -> None:
        iam_evaluator._request_origin.set((source_ip, True))

    replace(app, "pin_request_origin", "de819c1bd9ac", pin_request_origin)
    replace(iam_evaluator, "pin_request_origin", "de819c1bd9ac", pin_request_origin)
