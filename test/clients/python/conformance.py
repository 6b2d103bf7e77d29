"""Drives a fresh vault server with hvac, as an application would. Prints one line for each step that held."""

import base64
import io
import os
import sys
import tarfile

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest, VaultDown

ADDRESS = os.environ["VAULT_ADDR"]
CA = os.environ.get("VAULT_CACERT")


def connect(token=None):
    return hvac.Client(url=ADDRESS, token=token, verify=CA or True)


def refuses(error, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except error:
        return
    raise AssertionError(f"{call.__qualname__} did not raise {error}")


def b64(text):
    return base64.b64encode(text.encode()).decode()


def init_and_unseal():
    client = connect()
    assert not client.sys.is_initialized()
    made = client.sys.initialize(secret_shares=5, secret_threshold=3)
    assert client.sys.is_initialized()
    assert len(made["keys"]) == 5 and len(made["keys_base64"]) == 5
    refuses(InvalidRequest, client.sys.initialize, 1, 1)
    assert client.sys.is_sealed()
    status = client.sys.submit_unseal_key(made["keys"][0])
    assert status["progress"] == 1 and status["t"] == 3 and status["n"] == 5
    status = client.sys.submit_unseal_key(reset=True)
    assert status["progress"] == 0
    client.sys.submit_unseal_keys([made["keys"][4], made["keys_base64"][1], made["keys"][2]])
    assert not client.sys.is_sealed()
    client.token = made["root_token"]
    assert client.is_authenticated()
    health = client.sys.read_health_status(method="GET")
    assert health["initialized"] and not health["sealed"]
    return client, made


def kv1(client):
    client.sys.enable_secrets_engine("kv", path="one", options={"version": "1"})
    v1 = client.secrets.kv.v1
    v1.create_or_update_secret("app/db", secret={"user": "egide", "n": 7, "deep": {"a": [1, None, True]}}, mount_point="one")
    v1.create_or_update_secret("app/deeper/x", secret={"k": "v"}, mount_point="one")
    read = v1.read_secret("app/db", mount_point="one")
    assert read["data"] == {"user": "egide", "n": 7, "deep": {"a": [1, None, True]}}
    assert v1.list_secrets("app", mount_point="one")["data"]["keys"] == ["db", "deeper/"]
    v1.delete_secret("app/db", mount_point="one")
    refuses(InvalidPath, v1.read_secret, "app/db", mount_point="one")
    # The plain verbs, among them the HTTP method LIST.
    client.write_data("one/plain", data={"k": "1"})
    assert client.read("one/plain")["data"] == {"k": "1"}
    assert client.list("one/")["data"]["keys"] == ["app/", "plain"]
    client.delete("one/plain")
    assert client.read("one/plain") is None
    assert client.list("one/nothing") is None


def kv2(client):
    client.sys.enable_secrets_engine("kv", path="two", options={"version": "2"})
    v2 = client.secrets.kv.v2
    v2.configure(max_versions=5, mount_point="two")
    assert v2.read_configuration(mount_point="two")["data"]["max_versions"] == 5
    made = v2.create_or_update_secret("team/app", secret={"pw": "one"}, cas=0, mount_point="two")
    assert made["data"]["version"] == 1 and made["data"]["destroyed"] is False
    refuses(InvalidRequest, v2.create_or_update_secret, "team/app", secret={"pw": "x"}, cas=0, mount_point="two")
    v2.create_or_update_secret("team/app", secret={"pw": "two", "keep": "me"}, cas=1, mount_point="two")
    latest = v2.read_secret_version("team/app", mount_point="two", raise_on_deleted_version=True)
    assert latest["data"]["data"] == {"pw": "two", "keep": "me"} and latest["data"]["metadata"]["version"] == 2
    first = v2.read_secret_version("team/app", version=1, mount_point="two", raise_on_deleted_version=True)
    assert first["data"]["data"] == {"pw": "one"}
    v2.patch("team/app", secret={"pw": "three"}, mount_point="two")
    patched = v2.read_secret_version("team/app", mount_point="two", raise_on_deleted_version=True)
    assert patched["data"]["data"] == {"pw": "three", "keep": "me"} and patched["data"]["metadata"]["version"] == 3
    v2.delete_secret_versions("team/app", versions=[1], mount_point="two")
    refuses(InvalidPath, v2.read_secret_version, "team/app", version=1, mount_point="two", raise_on_deleted_version=True)
    v2.undelete_secret_versions("team/app", versions=[1], mount_point="two")
    v2.read_secret_version("team/app", version=1, mount_point="two", raise_on_deleted_version=True)
    v2.destroy_secret_versions("team/app", versions=[2], mount_point="two")
    v2.update_metadata("team/app", custom_metadata={"owner": "ops"}, mount_point="two")
    meta = v2.read_secret_metadata("team/app", mount_point="two")["data"]
    assert meta["versions"]["2"]["destroyed"] is True and meta["custom_metadata"] == {"owner": "ops"}
    assert meta["current_version"] == 3
    v2.delete_latest_version_of_secret("team/app", mount_point="two")
    v2.create_or_update_secret("top", secret={"a": 1}, mount_point="two")
    assert v2.list_secrets("", mount_point="two")["data"]["keys"] == ["team/", "top"]
    v2.delete_metadata_and_all_versions("team/app", mount_point="two")
    refuses(InvalidPath, v2.read_secret_metadata, "team/app", mount_point="two")


def policies(client):
    rules = 'path "two/data/app/*" { capabilities = ["create", "read", "update"] }\npath "two/data/app/closed" { capabilities = ["deny"] }'
    client.sys.create_or_update_policy("app", rules)
    assert client.sys.read_policy("app")["data"]["rules"] == rules
    assert "app" in client.sys.list_policies()["data"]["policies"]
    client.sys.create_or_update_acl_policy("app-acl", rules)
    assert client.sys.read_acl_policy("app-acl")["data"]["policy"] == rules
    assert {"app", "app-acl", "default", "root"} <= set(client.sys.list_acl_policies()["data"]["keys"])
    client.sys.delete_acl_policy("app-acl")
    token = client.auth.token.create(policies=["app"], ttl="1h")["auth"]["client_token"]
    app = connect(token)
    app.secrets.kv.v2.create_or_update_secret("app/mine", secret={"a": "b"}, mount_point="two")
    assert app.secrets.kv.v2.read_secret_version("app/mine", mount_point="two", raise_on_deleted_version=True)["data"]["data"] == {"a": "b"}
    refuses(Forbidden, app.secrets.kv.v2.read_secret_version, "app/closed", mount_point="two", raise_on_deleted_version=True)
    refuses(Forbidden, app.secrets.kv.v2.read_secret_version, "other", mount_point="two", raise_on_deleted_version=True)
    refuses(Forbidden, app.sys.list_policies)
    assert app.sys.get_capabilities(["two/data/app/mine"])["data"]["two/data/app/mine"] == ["create", "read", "update"]


def tokens(client):
    made = client.auth.token.create(policies=["app"], ttl="30m", meta={"team": "ops"}, display_name="tour", num_uses=0)["auth"]
    assert made["lease_duration"] == 1800 and made["renewable"] and set(made["policies"]) == {"app", "default"}
    seen = client.auth.token.lookup(made["client_token"])["data"]
    assert seen["meta"] == {"team": "ops"} and 1790 <= seen["ttl"] <= 1800 and seen["type"] == "service"
    assert client.auth.token.lookup_accessor(made["accessor"])["data"]["policies"] == ["app", "default"]
    assert made["accessor"] in client.auth.token.list_accessors()["data"]["keys"]
    own = connect(made["client_token"])
    assert own.auth.token.lookup_self()["data"]["display_name"] == "token-tour"
    assert own.auth.token.renew_self(increment="20m")["auth"]["lease_duration"] == 1200
    client.auth.token.create_or_update_role("runner", allowed_policies=["app"], orphan=True, token_period="1h")
    assert client.auth.token.read_role("runner")["data"]["orphan"] is True
    periodic = client.auth.token.create(role_name="runner", policies=["app"])["auth"]
    assert periodic["lease_duration"] == 3600 and periodic["orphan"] is True
    child = own_child(client)
    client.auth.token.revoke_accessor(periodic["accessor"])
    refuses(Forbidden, connect(periodic["client_token"]).auth.token.lookup_self)
    own.auth.token.revoke_self()
    refuses(Forbidden, own.auth.token.lookup_self)
    refuses(Forbidden, child.auth.token.lookup_self)
    twice = connect(client.auth.token.create(policies=["default"], num_uses=2)["auth"]["client_token"])
    twice.auth.token.lookup_self()
    twice.auth.token.lookup_self()
    refuses(Forbidden, twice.auth.token.lookup_self)
    batch = client.auth.token.create(policies=["app"], type="batch", ttl="5m")["auth"]
    assert batch["renewable"] is False and batch["accessor"] == ""
    assert connect(batch["client_token"]).auth.token.lookup_self()["data"]["type"] == "batch"


def own_child(client):
    """A child whose parent has been revoked."""
    client.sys.create_or_update_policy("parent", 'path "auth/token/create" { capabilities = ["update"] }')
    parent = connect(client.auth.token.create(policies=["parent"], ttl="30m")["auth"]["client_token"])
    child = connect(parent.auth.token.create(policies=["default"])["auth"]["client_token"])
    child.auth.token.lookup_self()
    parent.auth.token.revoke_self()
    return child


def wrapping(client):
    wrapped = client.auth.token.create(policies=["app"], wrap_ttl="2m")["wrap_info"]
    assert wrapped["ttl"] == 120 and wrapped["creation_path"] == "auth/token/create"
    stranger = connect()
    assert stranger.write_data("sys/wrapping/lookup", data={"token": wrapped["token"]})["data"]["creation_ttl"] == 120
    refuses(Forbidden, stranger.sys.unwrap, token=wrapped["token"])
    inner = connect(wrapped["token"]).sys.unwrap()["auth"]
    assert connect(inner["client_token"]).is_authenticated()
    refuses((Forbidden, InvalidRequest), connect(wrapped["token"]).sys.unwrap)
    thing = client.sys.wrap(payload={"zip": "zap"}, ttl=60)["wrap_info"]["token"]
    again = client.write_data("sys/wrapping/rewrap", data={"token": thing})["wrap_info"]["token"]
    refuses((Forbidden, InvalidRequest), client.sys.unwrap, token=thing)
    assert client.sys.unwrap(token=again)["data"] == {"zip": "zap"}


def transit(client):
    client.sys.enable_secrets_engine("transit", path="enc")
    t = client.secrets.transit
    t.create_key("orders", mount_point="enc")
    assert t.read_key("orders", mount_point="enc")["data"]["type"] == "aes256-gcm96"
    assert t.list_keys(mount_point="enc")["data"]["keys"] == ["orders"]
    one = t.encrypt_data("orders", plaintext=b64("4111"), mount_point="enc")["data"]["ciphertext"]
    assert one.startswith("vault:v1:")
    assert t.decrypt_data("orders", ciphertext=one, mount_point="enc")["data"]["plaintext"] == b64("4111")
    t.rotate_key("orders", mount_point="enc")
    two = t.rewrap_data("orders", ciphertext=one, mount_point="enc")["data"]["ciphertext"]
    assert two.startswith("vault:v2:")
    batch = t.encrypt_data("orders", plaintext="", batch_input=[{"plaintext": b64(x)} for x in "abc"], mount_point="enc")
    opened = t.decrypt_data("orders", ciphertext="", batch_input=[{"ciphertext": r["ciphertext"]} for r in batch["data"]["batch_results"]], mount_point="enc")
    assert [r["plaintext"] for r in opened["data"]["batch_results"]] == [b64(x) for x in "abc"]
    key = t.generate_data_key("orders", key_type="plaintext", mount_point="enc")["data"]
    assert t.decrypt_data("orders", ciphertext=key["ciphertext"], mount_point="enc")["data"]["plaintext"] == key["plaintext"]
    refuses(InvalidRequest, t.decrypt_data, "orders", ciphertext=two[:-6] + "AAAAA=", mount_point="enc")
    t.update_key_configuration("orders", min_decryption_version=2, deletion_allowed=True, mount_point="enc")
    refuses(InvalidRequest, t.decrypt_data, "orders", ciphertext=one, mount_point="enc")
    t.delete_key("orders", mount_point="enc")
    refuses(InvalidPath, t.read_key, "orders", mount_point="enc")
    signatures(t)
    authentication(t)
    keys_in_and_out(t)


def signatures(t):
    flags = {
        "ed25519": [{}],
        "ecdsa-p256": [{}, {"marshaling_algorithm": "jws"}, {"hash_algorithm": "sha2-512"}],
        "ecdsa-p384": [{}],
        "ecdsa-p521": [{}],
        "rsa-2048": [{}, {"signature_algorithm": "pkcs1v15"}, {"salt_length": "hash"}],
    }
    for kind, ways in flags.items():
        t.create_key(kind, key_type=kind, mount_point="enc")
        assert t.read_key(kind, mount_point="enc")["data"]["keys"]["1"]["public_key"]
        for way in ways:
            signature = t.sign_data(kind, hash_input=b64("hello"), mount_point="enc", **way)["data"]["signature"]
            check = lambda text: t.verify_signed_data(kind, hash_input=b64(text), signature=signature, mount_point="enc", **way)
            assert check("hello")["data"]["valid"] is True
            assert check("hellO")["data"]["valid"] is False
    digest = t.hash_data(hash_input=b64("hello"), algorithm="sha2-256", output_format="base64", mount_point="enc")["data"]["sum"]
    ahead = t.sign_data("rsa-2048", hash_input=digest, prehashed=True, mount_point="enc")["data"]["signature"]
    assert t.verify_signed_data("rsa-2048", hash_input=b64("hello"), signature=ahead, mount_point="enc")["data"]["valid"] is True
    refuses(InvalidRequest, t.encrypt_data, "ed25519", plaintext=b64("x"), mount_point="enc")
    refuses(InvalidRequest, t.sign_data, "none", hash_input=b64("x"), mount_point="enc")


def authentication(t):
    t.create_key("mac", key_type="aes256-gcm96", mount_point="enc")
    hmac = t.generate_hmac("mac", hash_input=b64("hello"), algorithm="sha2-512", mount_point="enc")["data"]["hmac"]
    verified = t.verify_signed_data("mac", hash_input=b64("hello"), hmac=hmac, hash_algorithm="sha2-512", mount_point="enc")
    assert verified["data"]["valid"] is True
    digest = t.hash_data(hash_input=b64("abc"), algorithm="sha2-256", mount_point="enc")["data"]["sum"]
    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    drawn = t.generate_random_bytes(n_bytes=24, output_format="hex", mount_point="enc")["data"]["random_bytes"]
    assert len(bytes.fromhex(drawn)) == 24


def keys_in_and_out(t):
    t.create_key("old", key_type="chacha20-poly1305", exportable=True, allow_plaintext_backup=True, mount_point="enc")
    sealed = t.encrypt_data("old", plaintext=b64("kept"), mount_point="enc")["data"]["ciphertext"]
    exported = t.export_key("old", key_type="encryption-key", mount_point="enc")["data"]["keys"]["1"]
    assert len(base64.b64decode(exported)) == 32
    backup = t.backup_key("old", mount_point="enc")["data"]["backup"]
    refuses(InvalidRequest, t.restore_key, backup=backup, name="old", mount_point="enc")
    t.restore_key(backup=backup, name="new", mount_point="enc")
    assert t.decrypt_data("new", ciphertext=sealed, mount_point="enc")["data"]["plaintext"] == b64("kept")
    for _ in "12":
        t.rotate_key("new", mount_point="enc")
    t.update_key_configuration("new", min_decryption_version=2, min_encryption_version=3, mount_point="enc")
    t.trim_key("new", min_version=2, mount_point="enc")
    refuses(InvalidRequest, t.decrypt_data, "new", ciphertext=sealed, mount_point="enc")
    t.create_key("tenants", derived=True, convergent_encryption=True, mount_point="enc")
    alike = {t.encrypt_data("tenants", plaintext=b64("x"), context=b64("a"), mount_point="enc")["data"]["ciphertext"] for _ in "12"}
    assert len(alike) == 1


def mounts(client):
    listed = client.sys.list_mounted_secrets_engines()["data"]
    assert listed["one/"]["type"] == "kv" and listed["two/"]["options"] == {"version": "2"}
    client.sys.tune_mount_configuration("one", default_lease_ttl="1h", description="first")
    assert client.sys.read_mount_configuration("one")["data"]["default_lease_ttl"] == 3600
    client.sys.disable_secrets_engine("one")
    assert "one/" not in client.sys.list_mounted_secrets_engines()["data"]


def snapshot(client):
    with client.sys.take_raft_snapshot() as answer:
        names = tarfile.open(fileobj=io.BytesIO(answer.content), mode="r:gz").getnames()
    assert names[0] == "meta.json" and names[-1] == "SHA256SUMS.sealed"


def seal(client, made):
    client.sys.seal()
    assert client.sys.is_sealed()
    refuses(VaultDown, client.secrets.kv.v2.read_secret_version, "top", mount_point="two", raise_on_deleted_version=True)
    client.sys.submit_unseal_keys(made["keys"][:3])
    kept = client.secrets.kv.v2.read_secret_version("top", mount_point="two", raise_on_deleted_version=True)
    assert kept["data"]["data"] == {"a": 1}


def main():
    client, made = init_and_unseal()
    print("init and unseal", flush=True)
    for step in (kv1, kv2, policies, tokens, wrapping, transit, mounts):
        step(client)
        print(step.__name__, flush=True)
    snapshot(client)
    seal(client, made)
    print("seal", flush=True)


if __name__ == "__main__":
    sys.exit(main())
