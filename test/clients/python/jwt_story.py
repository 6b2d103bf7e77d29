"""Logs in with hvac by a signed token and at an OpenID provider. Prints one line for each step that held; the page to log in at
is printed too, and where the provider sends people back to is read from stdin."""

import os
from urllib.parse import parse_qs, urlparse

import hvac
from hvac.exceptions import InvalidPath, InvalidRequest

client = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["VAULT_TOKEN"])
anonymous = hvac.Client(url=os.environ["VAULT_ADDR"])
REDIRECT = os.environ["REDIRECT_URI"]


def jwt():
    client.sys.enable_auth_method("jwt", path="hvac-jwt")
    method = client.auth.jwt
    method.configure(jwt_validation_pubkeys=[os.environ["PUBLIC_KEY"]], jwt_supported_algs=["ES256"], path="hvac-jwt")
    assert method.read_config(path="hvac-jwt")["data"]["jwt_supported_algs"] == ["ES256"]
    method.create_role(
        "ci", "sub", [], bound_audiences=["vault"], bound_claims={"kind": "job"}, token_ttl=600, path="hvac-jwt"
    )
    assert method.list_roles(path="hvac-jwt")["data"]["keys"] == ["ci"]
    assert method.read_role("ci", path="hvac-jwt")["data"]["token_ttl"] == 600
    made = anonymous.auth.jwt.jwt_login("ci", os.environ["TOKEN"], use_token=False, path="hvac-jwt")
    assert made["auth"]["metadata"] == {"role": "ci"} and made["auth"]["lease_duration"] == 600
    try:
        anonymous.auth.jwt.jwt_login("ci", os.environ["TOKEN"][:-4] + "AAAA", path="hvac-jwt")
        raise AssertionError("a token with another signature was taken")
    except InvalidRequest:
        pass
    method.delete_role("ci", path="hvac-jwt")
    try:
        method.read_role("ci", path="hvac-jwt")
        raise AssertionError("a deleted role was read")
    except InvalidPath:
        pass


def oidc():
    client.sys.enable_auth_method("oidc", path="hvac-oidc")
    method = client.auth.oidc
    method.configure(
        oidc_discovery_url=os.environ["ISSUER"],
        oidc_client_id=os.environ["CLIENT_ID"],
        oidc_client_secret=os.environ["CLIENT_SECRET"],
        default_role="staff",
        path="hvac-oidc",
    )
    config = method.read_config(path="hvac-oidc")["data"]
    assert config["status"] == "valid" and "oidc_client_secret" not in config
    method.create_role("staff", "sub", [REDIRECT], path="hvac-oidc")
    assert method.read_role("staff", path="hvac-oidc")["data"]["role_type"] == "oidc"
    asked = anonymous.auth.oidc.oidc_authorization_url_request("staff", REDIRECT, path="hvac-oidc")
    url = asked["data"]["auth_url"]
    print("    " + url, flush=True)
    back = parse_qs(urlparse(input()).query)
    nonce = parse_qs(urlparse(url).query)["nonce"][0]
    made = anonymous.auth.oidc.oidc_callback(back["state"][0], nonce, back["code"][0], path="hvac-oidc")
    assert made["auth"]["metadata"] == {"role": "staff"}


jwt()
print("jwt", flush=True)
oidc()
print("oidc", flush=True)
