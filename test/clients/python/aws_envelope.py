"""Encrypts and decrypts with the AWS Encryption SDK, whose data keys the server's KMS makes and opens."""

import os

import aws_encryption_sdk
import boto3
from aws_encryption_sdk import CommitmentPolicy
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError

ENDPOINT = os.environ["KMS_ENDPOINT"]


class Provider(aws_encryption_sdk.StrictAwsKmsMasterKeyProvider):
    """The SDK's own, but for where its KMS is."""

    def add_regional_client(self, region_name):
        self._regional_clients[region_name] = boto3.client("kms", region_name=region_name, endpoint_url=ENDPOINT)


def main():
    kms = boto3.client("kms", endpoint_url=ENDPOINT)
    arns = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    text = os.urandom(100_000)
    both = Provider(key_ids=arns)
    sealed, header = client.encrypt(source=text, key_provider=both, encryption_context={"tenant": "a"})
    assert len(header.encrypted_data_keys) == 2
    for arn in arns:
        opened, header = client.decrypt(source=sealed, key_provider=Provider(key_ids=[arn]))
        assert opened == text and header.encryption_context["tenant"] == "a"
    other = kms.create_key()["KeyMetadata"]["Arn"]
    try:
        client.decrypt(source=sealed, key_provider=Provider(key_ids=[other]))
        raise AssertionError("another key opened it")
    except AWSEncryptionSDKClientError:
        pass
    print("envelope")


main()
