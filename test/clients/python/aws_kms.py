"""Drives the AWS KMS protocol with boto3, as an application would. Prints one line for each step that held."""

import hashlib
import json
import os
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["KMS_ENDPOINT"]
kms = boto3.client("kms", endpoint_url=ENDPOINT, config=Config(retries={"max_attempts": 1}))
CONTEXT = {"tenant": "a", "purpose": "test"}


def refuses(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert error.response["Error"]["Message"] != "", error
        return
    raise AssertionError(f"{arguments} was not refused with {code}")


def new_key(**settings):
    return kms.create_key(**settings)["KeyMetadata"]


def keys():
    made = new_key(Description="orders", Tags=[{"TagKey": "team", "TagValue": "shop"}])
    key_id, arn = made["KeyId"], made["Arn"]
    assert arn == f"arn:aws:kms:{kms.meta.region_name}:{made['AWSAccountId']}:key/{key_id}"
    assert made["Enabled"] and made["KeyState"] == "Enabled" and made["Origin"] == "AWS_KMS"
    assert made["KeySpec"] == made["CustomerMasterKeySpec"] == "SYMMETRIC_DEFAULT" and not made["MultiRegion"]
    for name in (key_id, arn):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["Description"] == "orders"
    kms.update_key_description(KeyId=key_id, Description="invoices")
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["Description"] == "invoices"
    assert {"KeyId": key_id, "KeyArn": arn} in kms.list_keys()["Keys"]
    refuses("NotFoundException", kms.describe_key, KeyId="11111111-2222-4333-8444-555555555555")
    refuses("NotFoundException", kms.describe_key, KeyId="alias/nothing")
    refuses("NotFoundException", kms.describe_key, KeyId="nothing")
    refuses("NotFoundException", kms.describe_key, KeyId=arn.replace(kms.meta.region_name, "eu-west-9"))
    refuses("InvalidArnException", kms.describe_key, KeyId="arn:aws:s3:::bucket")
    refuses("UnsupportedOperationException", kms.create_key, MultiRegion=True)
    refuses("TagException", kms.create_key, Tags=[{"TagKey": "a", "TagValue": "b"}, {"TagKey": "a", "TagValue": "c"}])
    refuses("ValidationException", kms.create_key, KeySpec="RSA_2048")
    return key_id


def states(key_id):
    kms.disable_key(KeyId=key_id)
    refuses("DisabledException", kms.encrypt, KeyId=key_id, Plaintext=b"x")
    kms.enable_key(KeyId=key_id)
    leaving = kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    assert leaving["KeyState"] == "PendingDeletion" and leaving["PendingWindowInDays"] == 7
    assert "DeletionDate" in kms.describe_key(KeyId=key_id)["KeyMetadata"]
    refuses("KMSInvalidStateException", kms.encrypt, KeyId=key_id, Plaintext=b"x")
    refuses("KMSInvalidStateException", kms.schedule_key_deletion, KeyId=key_id)
    assert kms.cancel_key_deletion(KeyId=key_id)["KeyId"].endswith(key_id)
    kms.enable_key(KeyId=key_id)
    refuses("ValidationException", kms.schedule_key_deletion, KeyId=key_id, PendingWindowInDays=6)


def aliases(key_id):
    kms.create_alias(AliasName="alias/orders", TargetKeyId=key_id)
    kms.create_alias(AliasName="alias/app/nested", TargetKeyId=key_id)
    refuses("AlreadyExistsException", kms.create_alias, AliasName="alias/orders", TargetKeyId=key_id)
    refuses("ValidationException", kms.create_alias, AliasName="orders", TargetKeyId=key_id)
    refuses("InvalidAliasNameException", kms.create_alias, AliasName="alias/or:ders", TargetKeyId=key_id)
    listed = {alias["AliasName"]: alias for alias in kms.list_aliases(KeyId=key_id)["Aliases"]}
    assert set(listed) == {"alias/orders", "alias/app/nested"}
    assert listed["alias/orders"]["TargetKeyId"] == key_id and "CreationDate" in listed["alias/orders"]
    for name in ("alias/orders", "alias/app/nested", listed["alias/orders"]["AliasArn"]):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] == key_id
    # What changes a key itself takes no alias, as AWS.
    refuses("InvalidArnException", kms.disable_key, KeyId="alias/orders")
    refuses("InvalidArnException", kms.update_key_description, KeyId="alias/orders", Description="x")
    other = new_key()["KeyId"]
    kms.update_alias(AliasName="alias/app/nested", TargetKeyId=other)
    assert kms.describe_key(KeyId="alias/app/nested")["KeyMetadata"]["KeyId"] == other
    refuses("NotFoundException", kms.update_alias, AliasName="alias/none", TargetKeyId=other)
    kms.delete_alias(AliasName="alias/app/nested")
    refuses("NotFoundException", kms.delete_alias, AliasName="alias/app/nested")


def paging():
    made = {new_key()["KeyId"] for _ in range(3)}
    for size in (1, 2, 100):
        pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": size}))
        found = [key["KeyId"] for page in pages for key in page["Keys"]]
        assert made <= set(found) and len(found) == len(set(found))
        assert all(len(page["Keys"]) <= size for page in pages)
        assert [page["Truncated"] for page in pages] == [True] * (len(pages) - 1) + [False]
    names = [f"alias/page-{number}" for number in range(5)]
    for name in names:
        kms.create_alias(AliasName=name, TargetKeyId=sorted(made)[0])
    for arguments in ({}, {"KeyId": sorted(made)[0]}):
        pages = kms.get_paginator("list_aliases").paginate(**arguments, PaginationConfig={"PageSize": 2})
        found = [alias["AliasName"] for page in pages for alias in page["Aliases"]]
        assert set(names) <= set(found) and len(found) == len(set(found))
    refuses("ValidationException", kms.list_keys, Limit=1001)


def rotation(key_id):
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=180)
    status = kms.get_key_rotation_status(KeyId=key_id)
    assert status["KeyRotationEnabled"] and status["RotationPeriodInDays"] == 180 and "NextRotationDate" in status
    kms.disable_key_rotation(KeyId=key_id)
    before = kms.encrypt(KeyId=key_id, Plaintext=b"before")["CiphertextBlob"]
    for _ in range(3):
        assert kms.rotate_key_on_demand(KeyId=key_id)["KeyId"].endswith(key_id)
    assert kms.decrypt(CiphertextBlob=before)["Plaintext"] == b"before"
    first = kms.list_key_rotations(KeyId=key_id, Limit=2)
    assert first["Truncated"] and [one["RotationType"] for one in first["Rotations"]] == ["ON_DEMAND"] * 2
    last = kms.list_key_rotations(KeyId=key_id, Limit=2, Marker=first["NextMarker"])
    assert not last["Truncated"] and len(last["Rotations"]) == 1
    signing = new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyId"]
    refuses("UnsupportedOperationException", kms.enable_key_rotation, KeyId=signing)


def tags(key_id):
    kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": "cost", "TagValue": "12"}, {"TagKey": "team", "TagValue": "web"}])
    listed = {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=key_id)["Tags"]}
    assert listed == {"team": "web", "cost": "12"}
    assert kms.list_resource_tags(KeyId=key_id, Limit=1)["Truncated"]
    kms.untag_resource(KeyId=key_id, TagKeys=["cost"])
    assert [tag["TagKey"] for tag in kms.list_resource_tags(KeyId=key_id)["Tags"]] == ["team"]
    refuses("TagException", kms.tag_resource, KeyId=key_id, Tags=[{"TagKey": "aws:x", "TagValue": "y"}])


def policies():
    made = new_key()
    key_id, account = made["KeyId"], made["AWSAccountId"]
    assert kms.list_key_policies(KeyId=key_id)["PolicyNames"] == ["default"]
    got = kms.get_key_policy(KeyId=key_id, PolicyName="default")
    assert got["PolicyName"] == "default" and json.loads(got["Policy"])["Statement"]
    everybody = {"AWS": f"arn:aws:iam::{account}:root"}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": everybody, "Action": "kms:*", "Resource": "*"},
            {"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"},
        ],
    }
    kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=json.dumps(policy))
    assert json.loads(kms.get_key_policy(KeyId=key_id)["Policy"]) == policy
    refuses("AccessDeniedException", kms.encrypt, KeyId=key_id, Plaintext=b"x")
    refuses("MalformedPolicyDocumentException", kms.put_key_policy, KeyId=key_id, Policy="{}")
    refuses("NotFoundException", kms.get_key_policy, KeyId=key_id, PolicyName="other")


def grants():
    made = new_key()
    key_id, account = made["KeyId"], made["AWSAccountId"]
    holders = f"arn:aws:iam::{account}:policy/app"
    wanted = {
        "KeyId": key_id,
        "GranteePrincipal": f"arn:aws:iam::{account}:policy/other",
        "RetiringPrincipal": holders,
        "Operations": ["Encrypt", "Decrypt"],
        "Constraints": {"EncryptionContextSubset": {"tenant": "a"}},
    }
    refuses("DryRunOperationException", kms.create_grant, **wanted, DryRun=True)
    given = [kms.create_grant(**wanted, Name=f"grant-{number}") for number in range(3)]
    assert kms.create_grant(**wanted, Name="grant-0")["GrantId"] == given[0]["GrantId"]
    pages = list(kms.get_paginator("list_grants").paginate(KeyId=key_id, PaginationConfig={"PageSize": 2}))
    found = [grant for page in pages for grant in page["Grants"]]
    assert [grant["GrantId"] for grant in found] == [grant["GrantId"] for grant in given]
    assert found[0]["Constraints"] == wanted["Constraints"] and found[0]["Name"] == "grant-0"
    assert found[0]["KeyId"].endswith(key_id) and found[0]["RetiringPrincipal"] == holders
    one = kms.list_grants(KeyId=key_id, GrantId=given[1]["GrantId"])["Grants"]
    assert [grant["Name"] for grant in one] == ["grant-1"]
    assert kms.list_grants(KeyId=key_id, GranteePrincipal=holders)["Grants"] == []
    retirable = kms.list_retirable_grants(RetiringPrincipal=holders, Limit=2)
    assert len(retirable["Grants"]) == 2 and retirable["Truncated"]
    rest = kms.list_retirable_grants(RetiringPrincipal=holders, Limit=2, Marker=retirable["NextMarker"])
    assert len(rest["Grants"]) == 1
    refuses("DryRunOperationException", kms.revoke_grant, KeyId=key_id, GrantId=given[0]["GrantId"], DryRun=True)
    kms.retire_grant(GrantToken=given[0]["GrantToken"])
    kms.retire_grant(KeyId=found[1]["KeyId"], GrantId=given[1]["GrantId"])
    kms.revoke_grant(KeyId=key_id, GrantId=given[2]["GrantId"])
    assert kms.list_grants(KeyId=key_id)["Grants"] == []
    refuses("NotFoundException", kms.revoke_grant, KeyId=key_id, GrantId=given[2]["GrantId"])
    refuses("InvalidGrantTokenException", kms.encrypt, KeyId=key_id, Plaintext=b"x", GrantTokens=["nonsense"])


def encryption(key_id):
    for name in (key_id, "alias/orders"):
        made = kms.encrypt(KeyId=name, Plaintext=b"card 4711", EncryptionContext=CONTEXT)
        assert made["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT" and made["KeyId"].endswith(key_id)
    blob = made["CiphertextBlob"]
    for arguments in ({}, {"KeyId": key_id}, {"KeyId": "alias/orders"}, {"KeyId": made["KeyId"]}):
        opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=dict(reversed(CONTEXT.items())), **arguments)
        assert opened["Plaintext"] == b"card 4711" and opened["KeyId"] == made["KeyId"]
    refuses("InvalidCiphertextException", kms.decrypt, CiphertextBlob=blob)
    changed = blob[:-1] + bytes([blob[-1] ^ 1])
    refuses("InvalidCiphertextException", kms.decrypt, CiphertextBlob=changed, EncryptionContext=CONTEXT)
    refuses("InvalidCiphertextException", kms.decrypt, CiphertextBlob=b"nonsense")
    other = new_key()["KeyId"]
    refuses("IncorrectKeyException", kms.decrypt, CiphertextBlob=blob, KeyId=other, EncryptionContext=CONTEXT)
    refuses("ValidationException", kms.encrypt, KeyId=key_id, Plaintext=b"x" * 4097)
    refuses("DryRunOperationException", kms.encrypt, KeyId=key_id, Plaintext=b"x", DryRun=True)
    moved = kms.re_encrypt(
        CiphertextBlob=blob,
        SourceEncryptionContext=CONTEXT,
        DestinationKeyId=other,
        DestinationEncryptionContext={"tenant": "b"},
    )
    assert moved["KeyId"].endswith(other) and moved["SourceKeyId"].endswith(key_id)
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"tenant": "b"})["Plaintext"] == b"card 4711"
    rsa = new_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyId"]
    for algorithm in ("RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"):
        sealed = kms.encrypt(KeyId=rsa, Plaintext=b"x", EncryptionAlgorithm=algorithm)["CiphertextBlob"]
        assert kms.decrypt(KeyId=rsa, CiphertextBlob=sealed, EncryptionAlgorithm=algorithm)["Plaintext"] == b"x"
    refuses("InvalidKeyUsageException", kms.generate_data_key, KeyId=rsa, KeySpec="AES_256")


def data_keys(key_id):
    made = kms.generate_data_key(KeyId=key_id, KeySpec="AES_256", EncryptionContext=CONTEXT)
    assert len(made["Plaintext"]) == 32
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)["Plaintext"] == made["Plaintext"]
    assert len(kms.generate_data_key(KeyId=key_id, NumberOfBytes=64)["Plaintext"]) == 64
    bare = kms.generate_data_key_without_plaintext(KeyId=key_id, KeySpec="AES_128")
    assert "Plaintext" not in bare and len(kms.decrypt(CiphertextBlob=bare["CiphertextBlob"])["Plaintext"]) == 16
    refuses("ValidationException", kms.generate_data_key, KeyId=key_id)
    refuses("ValidationException", kms.generate_data_key, KeyId=key_id, KeySpec="AES_256", NumberOfBytes=32)
    refuses("DryRunOperationException", kms.generate_data_key, KeyId=key_id, KeySpec="AES_256", DryRun=True)
    pair = kms.generate_data_key_pair(KeyId=key_id, KeyPairSpec="ECC_NIST_P256", EncryptionContext=CONTEXT)
    opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext=CONTEXT)["Plaintext"]
    assert opened == pair["PrivateKeyPlaintext"] and pair["PublicKey"][0] == 0x30
    hidden = kms.generate_data_key_pair_without_plaintext(KeyId=key_id, KeyPairSpec="ECC_NIST_P384")
    assert "PrivateKeyPlaintext" not in hidden and hidden["KeyPairSpec"] == "ECC_NIST_P384"
    assert len(kms.generate_random(NumberOfBytes=1024)["Plaintext"]) == 1024
    refuses("ValidationException", kms.generate_random, NumberOfBytes=1025)


def signatures():
    cases = [
        ("RSA_2048", ["RSASSA_PSS_SHA_256", "RSASSA_PKCS1_V1_5_SHA_512"]),
        ("ECC_NIST_P256", ["ECDSA_SHA_256"]),
        ("ECC_NIST_P384", ["ECDSA_SHA_384"]),
        ("ECC_NIST_P521", ["ECDSA_SHA_512"]),
        ("ECC_SECG_P256K1", ["ECDSA_SHA_256"]),
        ("ECC_NIST_EDWARDS25519", ["ED25519_SHA_512"]),
        ("ML_DSA_65", ["ML_DSA_SHAKE_256"]),
    ]
    for spec, algorithms in cases:
        made = new_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")
        key_id = made["KeyId"]
        assert set(algorithms) <= set(made["SigningAlgorithms"])
        public = kms.get_public_key(KeyId=key_id)
        assert public["PublicKey"][0] == 0x30 and public["SigningAlgorithms"] == made["SigningAlgorithms"]
        for algorithm in algorithms:
            what = {"KeyId": key_id, "Message": b"hello", "SigningAlgorithm": algorithm}
            signature = kms.sign(**what)["Signature"]
            assert kms.verify(**what, Signature=signature)["SignatureValid"]
            wrong = {**what, "Message": b"other"}
            refuses("KMSInvalidSignatureException", kms.verify, **wrong, Signature=signature)
    digest = hashlib.sha256(b"hello").digest()
    what = {"KeyId": new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyId"], "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(Message=digest, MessageType="DIGEST", **what)["Signature"]
    assert kms.verify(Message=b"hello", Signature=signature, **what)["SignatureValid"]
    refuses("ValidationException", kms.sign, Message=b"short", MessageType="DIGEST", **what)
    refuses("InvalidKeyUsageException", kms.encrypt, KeyId=what["KeyId"], Plaintext=b"x")
    refuses("DryRunOperationException", kms.sign, Message=b"x", DryRun=True, **what)


def macs():
    for bits in (224, 256, 384, 512):
        key_id = new_key(KeySpec=f"HMAC_{bits}", KeyUsage="GENERATE_VERIFY_MAC")["KeyId"]
        what = {"KeyId": key_id, "Message": b"hello", "MacAlgorithm": f"HMAC_SHA_{bits}"}
        mac = kms.generate_mac(**what)["Mac"]
        assert len(mac) * 8 == bits and kms.verify_mac(**what, Mac=mac)["MacValid"]
        refuses("KMSInvalidMacException", kms.verify_mac, **what, Mac=bytes(len(mac)))
    refuses("UnsupportedOperationException", kms.get_public_key, KeyId=key_id)


def agreement():
    ours, theirs = (new_key(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")["KeyId"] for _ in range(2))
    agree = lambda mine, other: kms.derive_shared_secret(
        KeyId=mine, KeyAgreementAlgorithm="ECDH", PublicKey=kms.get_public_key(KeyId=other)["PublicKey"]
    )
    one, two = agree(ours, theirs), agree(theirs, ours)
    assert one["SharedSecret"] == two["SharedSecret"] and len(one["SharedSecret"]) == 32
    assert one["KeyOrigin"] == "AWS_KMS"
    refuses("ValidationException", kms.derive_shared_secret, KeyId=ours, KeyAgreementAlgorithm="ECDH", PublicKey=b"x")


def importing():
    """Wraps the bytes with the public key that came, by openssl: the library of Python has no RSA."""
    made = new_key(Origin="EXTERNAL")
    key_id = made["KeyId"]
    assert made["KeyState"] == "PendingImport"
    refuses("KMSInvalidStateException", kms.encrypt, KeyId=key_id, Plaintext=b"x")
    material, opened = os.urandom(32), b"under what was imported"

    def bring(bytes_, **settings):
        given = kms.get_parameters_for_import(
            KeyId=key_id, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
        )
        assert "ParametersValidTo" in given
        wrapped = wrap(given["PublicKey"], bytes_)
        return kms.import_key_material(
            KeyId=key_id, ImportToken=given["ImportToken"], EncryptedKeyMaterial=wrapped, **settings
        )

    forever = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
    refuses("ValidationException", bring, bytes_=material)
    bring(material, ValidTo=datetime.now(timezone.utc) + timedelta(days=1))
    described = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert described["ExpirationModel"] == "KEY_MATERIAL_EXPIRES" and "ValidTo" in described
    sealed = kms.encrypt(KeyId=key_id, Plaintext=opened)["CiphertextBlob"]
    kms.delete_imported_key_material(KeyId=key_id)
    refuses("KMSInvalidStateException", kms.decrypt, CiphertextBlob=sealed)
    refuses("IncorrectKeyMaterialException", bring, bytes_=os.urandom(32), **forever)
    bring(material, **forever)
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == opened
    nonsense = {"KeyId": key_id, "ImportToken": b"x" * 32, "EncryptedKeyMaterial": b"y" * 256, **forever}
    refuses("InvalidImportTokenException", kms.import_key_material, **nonsense)
    plain = new_key()["KeyId"]
    wanted = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    refuses("UnsupportedOperationException", kms.get_parameters_for_import, KeyId=plain, **wanted)


def wrap(public_key, bytes_):
    with tempfile.NamedTemporaryFile() as file:
        file.write(public_key)
        file.flush()
        options = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"]
        command = ["openssl", "pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", file.name]
        for option in options:
            command += ["-pkeyopt", option]
        return subprocess.run(command, input=bytes_, capture_output=True, check=True).stdout


def main():
    key_id = keys()
    print("keys")
    for name, step in (
        ("states", lambda: states(key_id)),
        ("aliases", lambda: aliases(key_id)),
        ("paging", paging),
        ("rotation", lambda: rotation(key_id)),
        ("tags", lambda: tags(key_id)),
        ("policies", policies),
        ("grants", grants),
        ("encryption", lambda: encryption(key_id)),
        ("data keys", lambda: data_keys(key_id)),
        ("signatures", signatures),
        ("macs", macs),
        ("agreement", agreement),
        ("importing", importing),
    ):
        step()
        print(name)


main()
