import os
import subprocess
import sys


class TooColdError(Exception):
    pass


def lambda_handler(event, context):
    if event.get("raise"):
        raise TooColdError(event["raise"])
    if event.get("child"):
        subprocess.run([sys.executable, "-c", 'print(\'{"status": "ok", "result": "child"}\')'])
    return {"greeting": os.environ["GREETING"], "event": event}
