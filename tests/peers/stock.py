"""A stock SMP client, smpclient, at a board's line: `stock.py PORT FILE` uploads, checks, downloads, and runs commands."""

import asyncio
import hashlib
import sys
from pathlib import Path

from smpclient import SMPClient
from smpclient.generics import success
from smpclient.requests.file_management import FileHashChecksum, FileStatus
from smpclient.requests.os_management import EchoWrite
from smpclient.requests.shell_management import Execute
from smpclient.transport.serial import SMPSerialTransport


async def main(port: str, data: bytes) -> None:
    async with SMPClient(SMPSerialTransport(), port) as client:

        async def ask(request):
            response = await client.request(request)
            assert success(response), response
            return response

        assert (await ask(EchoWrite(d="hello"))).r == "hello"
        last = 0
        async for last in client.upload_file(data, "/lfs/stock.wasm"):
            pass
        assert last == len(data), last
        assert (await ask(FileStatus(name="/lfs/stock.wasm"))).len == len(data)
        checked = await ask(FileHashChecksum(name="/lfs/stock.wasm", type="sha256"))
        assert checked.output == hashlib.sha256(data).digest(), checked
        assert await client.download_file("/lfs/stock.wasm") == data
        for argv, expected in [(["check", "stock"], "stock: "), (["load", "stock"], "stock: "), (["unload", "stock"], "heap ")]:
            answer = await ask(Execute(argv=argv))
            assert answer.ret == 0 and answer.o.startswith(expected), answer
        refused = await ask(Execute(argv=["nonsense"]))
        assert refused.ret != 0 and refused.o.startswith("error[COMMAND]"), refused
    print(f"uploaded, hashed and downloaded {len(data)} B")


asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_bytes()))
