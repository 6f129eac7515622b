"""requests-oauthlib, as its page on client_credentials has it: for each line, one call to Firefly."""

import os
import sys

from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

client_id = os.environ["ADOBE_CLIENT_ID"]
session = OAuth2Session(client=BackendApplicationClient(client_id=client_id))


def sign_in():
    session.fetch_token(
        token_url=os.environ["ADOBE_IMS_TOKEN_URL"],
        client_id=client_id,
        client_secret=os.environ["ADOBE_CLIENT_SECRET"],
        scope=os.environ["ADOBE_SCOPES"].split(","),
    )


sign_in()
for _ in sys.stdin:
    url = os.environ["FIREFLY"] + "/v3/custom-models"
    answer = session.get(url, headers={"x-api-key": client_id})
    if answer.status_code == 401:
        sign_in()
        answer = session.get(url, headers={"x-api-key": client_id})
    print(answer.text, flush=True)
