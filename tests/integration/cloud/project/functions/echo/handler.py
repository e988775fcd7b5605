import os
import signal
import subprocess
import sys
import time
from pathlib import Path


class TooColdError(Exception):
    pass


def lambda_handler(event, context):
    if event.get("raise"):
        raise TooColdError(event["raise"])
    if event.get("sleep"):
        time.sleep(event["sleep"])
    if event.get("until"):
        Path(event["begun"]).touch()
        while not Path(event["until"]).exists():
            time.sleep(0.02)
    if event.get("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if event.get("pid"):
        return {"pid": os.getpid()}
    if event.get("path"):
        return {"path": sys.path}
    if event.get("names"):
        return {"names": list(os.environ)}
    if event.get("object"):
        return object()
    if event.get("print"):
        print(event["print"], end="")
    if event.get("child"):
        line = 'print(\'{"status": "ok", "result": "the child"}\')'
        subprocess.run([sys.executable, "-c", line], check=True)
    return {"greeting": os.environ["GREETING"], "event": event}
