"""Reads lines of OpenSSH certificates from stdin, checks their signatures, and prints what each says as JSON."""

import json
import sys

from cryptography.hazmat.primitives.serialization import load_ssh_public_identity

for line in sys.stdin:
    certificate = load_ssh_public_identity(line.strip().encode())
    certificate.verify_cert_signature()
    shown = {
        "type": certificate.type.name,
        "serial": format(certificate.serial, "x"),
        "key_id": certificate.key_id.decode(),
        "principals": [name.decode() for name in certificate.valid_principals],
        "seconds": certificate.valid_before - certificate.valid_after,
        "critical_options": {k.decode(): v.decode() for k, v in certificate.critical_options.items()},
        "extensions": [name.decode() for name in certificate.extensions],
    }
    print(json.dumps(shown), flush=True)
