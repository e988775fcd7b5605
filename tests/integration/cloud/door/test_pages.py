"""Pages in a real browser, from wherever one may come: they neither read nor change anything."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dropforge.cloud import Cloud
from tests.chromium import in_a_browser
from tests.integration.cloud.door.attackers import PAGE, attacker, findings_of

Clients = Callable[[str], Any]
BUCKET = "door-page"
pytestmark = [pytest.mark.page, in_a_browser]


@pytest.fixture(scope="module")
def asked(client: Clients) -> dict[str, Any]:
    """What the page goes for: URLs that work without a secret, for a program."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="page.html", Body=PAGE.read_bytes(), ContentType="text/html")
    s3.put_object(
        Bucket=BUCKET, Key="leak.js", Body=b"leaked = 'data'", ContentType="text/javascript"
    )

    def signed(service: str, operation: str, **parameters: str) -> str:
        found = client(service)
        url = found.generate_presigned_url(operation, parameters, HttpMethod="GET")
        return str(url.partition(urlsplit(url).netloc)[2])

    return {
        "object": signed("s3", "get_object", Bucket=BUCKET, Key="page.html"),
        "script": signed("s3", "get_object", Bucket=BUCKET, Key="leak.js"),
        "queries": [
            signed("iam", "create_user", UserName="door-made"),
            signed("sns", "create_topic", Name="door-made"),
        ],
    }


def state_of(client: Clients) -> str:
    """All that the page tries to change."""
    kept = client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    return str(
        [
            [(found["Key"], found["ETag"]) for found in kept],
            sorted(found["Name"] for found in client("s3").list_buckets()["Buckets"]),
            [found["UserName"] for found in client("iam").list_users()["Users"]],
            client("sns").list_topics()["Topics"],
            client("sqs").list_queues().get("QueueUrls"),
        ]
    )


@pytest.mark.parametrize(
    ("page", "target"),
    [
        # A web site, and one whose name now points here; another port of this machine.
        ("http://evil.example:{attacker}", "http://127.0.0.1:{cloud}"),
        ("http://evil.example:{attacker}", "http://evil.example:{cloud}"),
        ("http://evil.example:{attacker}", ""),
        ("http://localhost:{attacker}", "http://localhost:{cloud}"),
        ("http://127.0.0.1:{attacker}", "http://127.0.0.1:{cloud}"),
        ("http://app.localhost:{attacker}", "http://door-page.localhost:{cloud}"),
    ],
)
def test_foreign_page_neither_reads_nor_changes_anything(
    cloud: Cloud, client: Clients, asked: dict[str, Any], tmp_path: Path, page: str, target: str
) -> None:
    place = urlsplit(cloud.endpoint)
    before = state_of(client)
    with attacker((str(place.hostname), place.port or 0)) as server:
        ports = {"attacker": server.port, "cloud": place.port}
        wanted = asked | {
            "cloud": target.format(**ports),
            "results": server.results,
        }
        url = page.format(**ports)
        found = findings_of(f"{url}/attack.html", wanted, server, tmp_path)
    assert found["origin"] == url
    assert len(found["tried"]) == 30
    assert found["gains"] == []
    assert state_of(client) == before


def test_object_that_is_a_page_opens_and_has_no_more_rights(
    cloud: Cloud, client: Clients, asked: dict[str, Any], tmp_path: Path
) -> None:
    place = urlsplit(cloud.endpoint)
    before = state_of(client)
    with attacker((str(place.hostname), place.port or 0)) as server:
        wanted = asked | {
            "cloud": cloud.endpoint,
            "results": server.results,
        }
        found = findings_of(cloud.endpoint + asked["object"], wanted, server, tmp_path)
    assert found["origin"] == "null"
    assert found["gains"] == []
    assert state_of(client) == before


def test_rules_of_a_bucket_let_their_origin_read_its_objects_alone(
    cloud: Cloud, client: Clients, asked: dict[str, Any], tmp_path: Path
) -> None:
    place = urlsplit(cloud.endpoint)
    with attacker((str(place.hostname), place.port or 0)) as server:
        page = f"http://localhost:{server.port}"
        rule = {"AllowedOrigins": [page], "AllowedMethods": ["GET"], "AllowedHeaders": ["*"]}
        client("s3").create_bucket(Bucket="door-shared")
        client("s3").put_object(Bucket="door-shared", Key="k", Body=b"shared data")
        client("s3").put_bucket_cors(Bucket="door-shared", CORSConfiguration={"CORSRules": [rule]})
        before = state_of(client)
        shared = client("s3").generate_presigned_url(
            "get_object", {"Bucket": "door-shared", "Key": "k"}
        )
        wanted = asked | {
            "object": shared.partition(place.netloc)[2],
            "cloud": cloud.endpoint,
            "results": server.results,
        }
        found = findings_of(f"{page}/attack.html", wanted, server, tmp_path)
    assert sorted(found["gains"]) == [
        "fetch object: shared data",
        "xhr object: status 200 shared data",
    ]
    assert state_of(client) == before


def test_what_the_pages_try_works_for_a_program(client: Clients, asked: dict[str, Any]) -> None:
    """Else the tests above would hold for the wrong reason."""
    client("s3").put_object(Bucket=BUCKET, Key="program", Body=b"x")
    client("sqs").create_queue(QueueName="door-program")
    client("iam").create_user(UserName="door-program")
    client("sns").create_topic(Name="door-program")
    kept = state_of(client)
    assert "'program'" in kept
    assert kept.count("door-program") == 3
