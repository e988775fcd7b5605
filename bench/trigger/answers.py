"""A server that answers TriggerFunction as S3 and Step Functions would, and does nothing else."""

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

_PAGE = 1000
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_HEAD = "HTTP/1.1 {}\r\nContent-Length: {}\r\nContent-Type: application/xml\r\n{}\r\n"
_STORED = 'ETag: "e"\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nx-amz-version-id: v\r\n'
_VERSION = (
    "<Version><Key>inbox%2Fd{0}%2F1.csv</Key><VersionId>v</VersionId><IsLatest>true</IsLatest>"
    "<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>e</ETag><Size>3</Size></Version>"
)


class Answers:
    """As many datasets as asked, each with or without a run."""

    def __init__(self, datasets: int, seconds: float, *, new: bool) -> None:
        self.datasets, self.seconds, self.new = datasets, seconds, new

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, target, _ = head.split("\r\n", 1)[0].split(" ")
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
                await reader.readexactly(int(fields.get("content-length", "0")))
                await asyncio.sleep(self.seconds)
                writer.write(self._answer(method, target))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, method: str, target: str) -> bytes:
        parts = urlsplit(target)
        query = parse_qs(parts.query, keep_blank_values=True)
        if method == "POST":
            return _response("200 OK", '{"executionArn": "arn", "startDate": 1}')
        if "versions" in query:
            return _response("200 OK", self._page(int(query.get("key-marker", ["0"])[0])))
        if method == "GET" or ("/runs/" in parts.path and self.new):
            return _response("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>", method)
        return _response("200 OK", "", fields=_STORED)

    def _page(self, start: int) -> str:
        end = min(start + _PAGE, self.datasets)
        more = end < self.datasets
        marker = f"<NextKeyMarker>{end}</NextKeyMarker>" if more else ""
        versions = "".join(_VERSION.format(number) for number in range(start, end))
        return (
            f"<ListVersionsResult xmlns='{_NAMESPACE}'><EncodingType>url</EncodingType>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{marker}{versions}"
            f"</ListVersionsResult>"
        )


def _response(status: str, body: str, method: str = "GET", fields: str = "") -> bytes:
    text = "" if method == "HEAD" else body
    return (_HEAD.format(status, len(text), fields) + text).encode()


async def _main(datasets: int, seconds: float, new: bool) -> None:
    server = await asyncio.start_server(
        Answers(datasets, seconds, new=new).serve, "127.0.0.1", 0, limit=1 << 20
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3] == "new"))
