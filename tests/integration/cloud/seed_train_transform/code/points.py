"""Write points of a plane as CSV: those to learn from with their side of a line, others without."""

import os
import random
import tempfile
from pathlib import Path

import boto3


def seed(event, context):
    drawn = random.Random(7)

    def points(count):
        return [(drawn.randrange(101), drawn.randrange(101)) for _ in range(count)]

    learned = "".join(f"{int(y > 2 * x)},{x},{y}\r\n" for x, y in points(3000))
    asked = "".join(f"{x},{y}\r\n" for x, y in points(500))
    bucket = boto3.resource("s3").Bucket(os.environ["POINTS"])
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("train.csv", learned), ("test.csv", asked)):
            path = Path(folder, name)
            path.write_bytes(text.encode())
            bucket.upload_file(str(path), f"csv/{name}")
    return {"statusCode": 200, "body": "{}"}
