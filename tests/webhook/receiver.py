# A server that takes webhooks and is not ours: Python's http.server, which checks each message as Standard Webhooks says
# (https://www.standardwebhooks.com), with Python's own hmac.
#
#   python3 receiver.py SECRET [--port PORT] [--answers 500,slow,302,204] [--certificate PEM]
#
# Answers in this order, and 204 once there are no more; `slow` never. The first line it prints is its port, then one JSON
# line about each message: {"verified","fresh","path","id","message"}. Ends when its stdin closes.

import argparse
import base64
import hashlib
import hmac
import json
import os
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

arguments = argparse.ArgumentParser()
arguments.add_argument("secret")
arguments.add_argument("--port", type=int, default=0)
arguments.add_argument("--answers", default="")
arguments.add_argument("--certificate")
options = arguments.parse_args()
answers = [answer for answer in options.answers.split(",") if answer]


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        sent, stamp = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        key = base64.b64decode(options.secret.removeprefix("whsec_"))
        signed = f"{sent}.{stamp}.".encode() + body
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = [it.removeprefix("v1,") for it in self.headers["webhook-signature"].split()]
        say(
            {
                "verified": any(hmac.compare_digest(it, wanted) for it in given),
                "fresh": stamp.isdigit(),
                "path": self.path,
                "id": sent,
                "message": json.loads(body),
            }
        )
        answer = answers.pop(0) if answers else "204"
        if answer == "slow":
            time.sleep(3600)
        self.send_response(int(answer))
        if answer.startswith("3"):
            self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def say(line):
    print(json.dumps(line), flush=True)


server = ThreadingHTTPServer(("127.0.0.1", options.port), Receiver)
if options.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
say(server.server_address[1])
sys.stdin.read()
os._exit(0)
