"""An HTTP proxy that nobody here wrote (https://pypi.org/project/proxy.py): says its port, and runs until its input ends.

The name and password that it asks for come from PROXY_USER. It finds the host ims.invalid on this machine."""

import os
import socket
import sys

import proxy

found = socket.getaddrinfo


def getaddrinfo(host, *rest, **more):
    return found("127.0.0.1" if host in ("ims.invalid", b"ims.invalid") else host, *rest, **more)


socket.getaddrinfo = getaddrinfo

if __name__ == "__main__":
    with proxy.Proxy(
        ["--log-level", "ERROR", "--num-workers", "1", "--num-acceptors", "1"],
        port=0,
        basic_auth=os.environ["PROXY_USER"],
    ) as running:
        print(running.flags.port, flush=True)
        sys.stdin.read()
