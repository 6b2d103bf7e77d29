"""A server of SSH that nobody here wrote: it trusts one authority for users, and shows a certificate of its own.

Prints its port, and serves until stdin ends: each command is answered by who runs it and what it is.
"""

import asyncio
import sys

import asyncssh


async def answer(process):
    user = process.get_extra_info("username")
    process.stdout.write(f"{user} runs {process.command}\n")
    process.exit(0)


async def main(folder):
    with open(f"{folder}/user-ca.pub", encoding="ascii") as file:
        trusted = asyncssh.import_authorized_keys("cert-authority " + file.read())
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[(f"{folder}/host_key", f"{folder}/host_key-cert.pub")],
        authorized_client_keys=trusted,
        process_factory=answer,
        password_auth=False,
        kbdint_auth=False,
    )
    print(server.get_port(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(sys.argv[1]))
