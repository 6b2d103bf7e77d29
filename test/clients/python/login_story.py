"""Logs in with hvac by AppRole and by userpass. Prints one line for each step that held."""

import os

import hvac
from hvac.exceptions import InvalidPath, InvalidRequest

client = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["VAULT_TOKEN"])


def anonymous():
    return hvac.Client(url=os.environ["VAULT_ADDR"])


def refuses(error, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except error:
        return
    raise AssertionError(f"{call.__qualname__} did not raise {error}")


def approle():
    at = {"mount_point": "hvac-approle"}
    client.sys.enable_auth_method("approle", path="hvac-approle")
    method = client.auth.approle
    method.create_or_update_approle("shop", token_policies=["shop"], secret_id_num_uses=2, token_ttl="10m", **at)
    assert method.list_roles(**at)["data"]["keys"] == ["shop"]
    assert method.read_role("shop", **at)["data"]["token_ttl"] == 600
    role_id = method.read_role_id("shop", **at)["data"]["role_id"]
    made = method.generate_secret_id("shop", metadata={"host": "a"}, cidr_list=["127.0.0.0/8"], **at)["data"]
    assert method.read_secret_id("shop", made["secret_id"], **at)["data"]["metadata"] == {"host": "a"}
    assert method.list_secret_id_accessors("shop", **at)["data"]["keys"] == [made["secret_id_accessor"]]
    machine = anonymous()
    login = machine.auth.approle.login(role_id, made["secret_id"], **at)
    assert login["auth"]["metadata"] == {"role_name": "shop", "host": "a"} and machine.is_authenticated()
    found = method.read_secret_id_accessor("shop", made["secret_id_accessor"], **at)
    assert found["data"]["secret_id_num_uses"] == 1
    method.destroy_secret_id_accessor("shop", made["secret_id_accessor"], **at)
    refuses(InvalidRequest, anonymous().auth.approle.login, role_id, made["secret_id"], **at)
    method.create_custom_secret_id("shop", "chosen", **at)
    method.update_role_id("shop", "also-chosen", **at)
    anonymous().auth.approle.login("also-chosen", "chosen", **at)
    method.destroy_secret_id("shop", "chosen", **at)
    refuses(InvalidRequest, anonymous().auth.approle.login, "also-chosen", "chosen", **at)
    method.delete_role("shop", **at)
    refuses(InvalidPath, method.read_role, "shop", **at)


def userpass():
    at = {"mount_point": "hvac-userpass"}
    client.sys.enable_auth_method("userpass", path="hvac-userpass")
    method = client.auth.userpass
    method.create_or_update_user("alice", "one", policies=["staff"], **at)
    assert method.list_user(**at)["data"]["keys"] == ["alice"]
    assert method.read_user("alice", **at)["data"]["policies"] == ["staff"]
    person = anonymous()
    assert person.auth.userpass.login("alice", "one", **at)["auth"]["policies"] == ["default", "staff"]
    assert person.is_authenticated()
    method.update_password_on_user("alice", "two", **at)
    refuses(InvalidRequest, anonymous().auth.userpass.login, "alice", "one", **at)
    anonymous().auth.userpass.login("alice", "two", **at)
    method.delete_user("alice", **at)
    refuses(InvalidRequest, anonymous().auth.userpass.login, "alice", "two", **at)


approle()
print("approle", flush=True)
userpass()
print("userpass", flush=True)
