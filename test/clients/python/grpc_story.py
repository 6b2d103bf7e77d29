"""Drives a fresh vault server over gRPC with grpcio, knowing nothing but what reflection tells. Prints one line a step."""

import base64
import os
import sys

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

PACKAGE = "egide.v1"
SERVICES = ["Sys", "Auth", "Token", "Policy", "Kv", "Cubbyhole", "Transit", "Lease", "Audit"]
TIMEOUT_S = 20


def read(name):
    file = os.environ.get(name)
    if file is None:
        return None
    with open(file, "rb") as opened:
        return opened.read()


def b64(text):
    return base64.b64encode(text.encode()).decode()


class Vault:
    """Calls any method by its name, with messages as dictionaries."""

    def __init__(self, channel, token=None):
        self.channel = channel
        self.database = ProtoReflectionDescriptorDatabase(channel)
        self.pool = DescriptorPool(self.database)
        self.token = token

    def described(self, name):
        service, method = name.split("/")
        full = service if "." in service else f"{PACKAGE}.{service}"
        found = self.pool.FindServiceByName(full).methods_by_name[method]
        return f"/{full}/{method}", GetMessageClass(found.input_type), GetMessageClass(found.output_type)

    def options(self, more=()):
        metadata = list(more)
        if self.token is not None:
            metadata.append(("x-vault-token", self.token))
        return {"metadata": metadata, "timeout": TIMEOUT_S}

    def call(self, method, *metadata, **fields):
        path, Input, Output = self.described(method)
        unary = self.channel.unary_unary(path, Input.SerializeToString, Output.FromString)
        return told(unary(json_format.ParseDict(fields, Input()), **self.options(metadata)))

    def events(self, method, **fields):
        path, Input, Output = self.described(method)
        stream = self.channel.unary_stream(path, Input.SerializeToString, Output.FromString)
        return stream(json_format.ParseDict(fields, Input()), **self.options())

    def pipelined(self, method, messages):
        path, Input, Output = self.described(method)
        stream = self.channel.stream_stream(path, Input.SerializeToString, Output.FromString)
        return [told(reply) for reply in stream((json_format.ParseDict(m, Input()) for m in messages), **self.options())]

    def refuses(self, code, method, *metadata, **fields):
        try:
            self.call(method, *metadata, **fields)
        except grpc.RpcError as error:
            assert error.code() is code, f"{method}: {error.code()} {error.details()}"
            return error
        raise AssertionError(f"{method} was not refused")


def told(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def connect():
    certificates = {
        "root_certificates": read("EGIDE_CA"),
        "private_key": read("EGIDE_CLIENT_KEY"),
        "certificate_chain": read("EGIDE_CLIENT_CERT"),
    }
    return grpc.secure_channel(os.environ["EGIDE_GRPC"], grpc.ssl_channel_credentials(**certificates))


def reflection(vault):
    listed = set(vault.database.get_services())
    assert {f"{PACKAGE}.{name}" for name in SERVICES} <= listed, listed
    for name in SERVICES:
        assert len(vault.pool.FindServiceByName(f"{PACKAGE}.{name}").methods) > 0, name


def health(vault, expected):
    for name in ("", f"{PACKAGE}.Kv"):
        assert vault.call("grpc.health.v1.Health/Check", service=name) == {"status": expected}


def init_and_unseal(vault):
    health(vault, "NOT_SERVING")
    assert vault.call("Sys/SealStatus")["data"]["initialized"] is False
    made = vault.call("Sys/Init", secret_shares=5, secret_threshold=3)["data"]
    assert len(made["keys"]) == 5
    vault.refuses(grpc.StatusCode.UNAVAILABLE, "Kv/Read", path="x")
    assert vault.call("Sys/Unseal", key=made["keys"][4])["data"]["progress"] == "1"
    for key in (made["keys_base64"][1], made["keys"][2]):
        status = vault.call("Sys/Unseal", key=key)["data"]
    assert status["sealed"] is False
    vault.token = made["root_token"]
    assert vault.call("Sys/Health")["data"]["sealed"] is False
    health(vault, "SERVING")
    return made


def sys_and_auth(vault):
    vault.call("Sys/Mount", path="other", type="kv", options={"version": "2"})
    assert vault.call("Sys/ReadMount", path="other")["data"]["type"] == "kv"
    assert vault.call("Sys/Random", bytes=16)["data"]["random_bytes"] != ""
    assert "token/" in vault.call("Auth/ReadMethods")["data"]["entries"]
    wrapped = vault.call("Token/Create", ("x-wrap-ttl", "60s"), policies=["default"])["envelope"]["wrap_info"]
    assert vault.call("Sys/Unwrap", token=wrapped["token"])["envelope"]["auth"]["policies"] == ["default"]


def kv(vault):
    first = vault.call("Kv/Write", path="app/db", data={"user": "egide", "deep": {"list": [1, None, True]}})
    assert first["data"]["version"] == "1"
    read = vault.call("Kv/Read", path="app/db")["data"]
    assert read["data"] == {"user": "egide", "deep": {"list": [1, None, True]}}
    vault.refuses(grpc.StatusCode.ABORTED, "Kv/Write", path="app/db", data={"x": 1}, options={"cas": 7})
    assert vault.call("Kv/List", path="app")["data"]["keys"] == ["db"]
    vault.call("Kv/Write", mount="other", path="x", data={"k": "v"})
    assert vault.call("Kv/Read", mount="other", path="x")["data"]["data"] == {"k": "v"}
    missing = vault.refuses(grpc.StatusCode.NOT_FOUND, "Kv/Read", path="none")
    assert any(key == "grpc-status-details-bin" for key, _ in missing.trailing_metadata())
    vault.call("Kv/WriteFlat", path="flat", data={"a": "b"})
    assert vault.call("Kv/ReadFlat", path="flat")["data"]["data"] == {"a": "b"}


def policies_and_tokens(vault):
    vault.call("Policy/WriteAclPolicy", name="reader", policy='path "secret/data/app/*" { capabilities = ["read"] }')
    assert "reader" in vault.call("Policy/ListAclPolicies")["data"]["keys"]
    made = vault.call("Token/Create", policies=["reader"], ttl="30m", meta={"team": "ops"})["envelope"]["auth"]
    reader = Vault(vault.channel, made["client_token"])
    assert reader.call("Kv/Read", path="app/db")["data"]["data"]["user"] == "egide"
    reader.refuses(grpc.StatusCode.PERMISSION_DENIED, "Kv/Write", path="app/db", data={"x": 1})
    assert reader.call("Token/LookupSelf")["data"]["meta"] == {"team": "ops"}
    assert vault.call("Policy/Explain", token=made["client_token"], path="secret/data/app/db", operation="read")["data"]["allowed"] is True
    reader.call("Cubbyhole/Write", path="mine", data={"only": "here"})
    assert reader.call("Cubbyhole/Read", path="mine")["data"] == {"only": "here"}
    vault.refuses(grpc.StatusCode.NOT_FOUND, "Cubbyhole/Read", path="mine")
    return made


def leases(vault, auth):
    below = vault.call("Lease/ListBelow", prefix="auth/token/create")["data"]["keys"]
    lease = vault.call("Lease/Lookup", lease_id=f"auth/token/create/{below[0]}")["data"]
    assert lease["id"] == f"auth/token/create/{below[0]}"
    vault.call("Token/Revoke", token=auth["client_token"])
    Vault(vault.channel, auth["client_token"]).refuses(grpc.StatusCode.PERMISSION_DENIED, "Token/LookupSelf")


def transit(vault):
    vault.call("Transit/WriteKey", name="orders")
    sealed = vault.call("Transit/Encrypt", name="orders", plaintext=b64("4111"))["data"]["ciphertext"]
    assert sealed.startswith("vault:v1:")
    assert vault.call("Transit/Decrypt", name="orders", ciphertext=sealed)["data"]["plaintext"] == b64("4111")
    vault.refuses(grpc.StatusCode.INVALID_ARGUMENT, "Transit/Decrypt", name="orders", ciphertext=sealed[:-6] + "AAAAA=")


def streams(vault):
    texts = [f"item {n}" for n in range(300)]
    messages = [{"name": "orders", "batch_input": [{"plaintext": b64(t)} for t in texts[n : n + 20]]} for n in range(0, 300, 20)]
    sealed = vault.pipelined("Transit/EncryptStream", messages)
    back = [{"name": "orders", "batch_input": [{"ciphertext": r["ciphertext"]} for r in reply["data"]["batch_results"]]} for reply in sealed]
    opened = vault.pipelined("Transit/DecryptStream", back)
    assert [r["plaintext"] for reply in opened for r in reply["data"]["batch_results"]] == [b64(t) for t in texts]
    events = vault.events("Kv/Watch", path="app")
    begun = told(next(events))
    assert begun["kind"] == "position"
    vault.call("Kv/Write", path="app/db", data={"x": "1"})
    event = told(next(events))
    assert (event["kind"], event["path"], event["version"]) == ("written", "app/db", "2")
    events.cancel()
    again = vault.events("Kv/Watch", path="app", after_revision=begun["revision"])
    assert told(next(again)) == event
    again.cancel()


def audit(vault):
    devices = vault.call("Audit/ReadDevices")["data"]["entries"]
    assert devices["file/"]["type"] == "file"
    assert vault.call("Audit/Hash", path="file", input="some text")["data"]["hash"].startswith("hmac-sha256:")


def seal(vault, made):
    seals = vault.events("Sys/SealEvents")
    assert told(next(seals))["sealed"] is False
    vault.call("Sys/Seal")
    assert told(next(seals))["sealed"] is True
    seals.cancel()
    health(vault, "NOT_SERVING")
    vault.refuses(grpc.StatusCode.UNAVAILABLE, "Kv/Read", path="app/db")
    for key in made["keys"][:3]:
        vault.call("Sys/Unseal", key=key)
    assert vault.call("Kv/Read", path="app/db")["data"]["data"] == {"x": "1"}


def main():
    vault = Vault(connect())
    reflection(vault)
    print("reflection", flush=True)
    made = init_and_unseal(vault)
    print("init and unseal", flush=True)
    auth = None
    for name, step in (("sys and auth", sys_and_auth), ("kv", kv), ("policies, tokens and cubbyhole", policies_and_tokens)):
        auth = step(vault)
        print(name, flush=True)
    leases(vault, auth)
    print("leases", flush=True)
    for step in (transit, streams, audit):
        step(vault)
        print(step.__name__, flush=True)
    seal(vault, made)
    print("seal", flush=True)


if __name__ == "__main__":
    sys.exit(main())
