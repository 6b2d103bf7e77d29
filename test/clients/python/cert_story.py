"""Uses hvac's certificate auth as an application would. Prints one line for each step that held."""

import os

import hvac
from hvac.exceptions import InvalidRequest

ADDRESS = os.environ["VAULT_ADDR"]
CA = os.environ["VAULT_CACERT"]
CERTIFICATE = os.environ["CLIENT_CERT"]
KEY = os.environ["CLIENT_KEY"]


def connect(**more):
    return hvac.Client(url=ADDRESS, verify=CA, **more)


def roles(admin):
    admin.sys.enable_auth_method("cert", path="clients")
    cert = admin.auth.cert
    cert.create_ca_certificate_role(
        name="App",
        certificate=os.environ["AUTHORITY"],
        allowed_common_names="web*",
        display_name="app",
        token_ttl="1h",
        token_policies=["app"],
        mount_point="clients",
    )
    assert cert.list_certificate_roles(mount_point="clients")["data"]["keys"] == ["app"]
    role = cert.read_ca_certificate_role("app", mount_point="clients")["data"]
    assert role["allowed_common_names"] == ["web*"] and role["token_ttl"] == 3600 and role["token_policies"] == ["app"]


def login():
    for name in ("", "app"):
        client = connect(token="")
        reply = client.auth.cert.login(name=name, cert_pem=CERTIFICATE, key_pem=KEY, mount_point="clients")
        assert reply["auth"]["metadata"]["cert_name"] == "app", reply
        assert client.token == reply["auth"]["client_token"]
    try:
        connect(token="").auth.cert.login(name="other", cert_pem=CERTIFICATE, key_pem=KEY, mount_point="clients")
    except InvalidRequest:
        return
    raise AssertionError("a role that is none let in")


def configuration(admin):
    admin.auth.cert.configure_tls_certificate(mount_point="clients", disable_binding=True)
    admin.auth.cert.delete_certificate_role("app", mount_point="clients")
    admin.sys.disable_auth_method("clients")


admin = connect(token=os.environ["VAULT_TOKEN"])
roles(admin)
print("roles")
login()
print("login")
configuration(admin)
print("configuration")
