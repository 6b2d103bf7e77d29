"""Uses every call of hvac's pki class as an application would. Prints one line for each step that held."""

import os
import subprocess

import hvac
from hvac.exceptions import InvalidPath, InvalidRequest

client = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["VAULT_TOKEN"])
pki = client.secrets.pki
called = set()


class Noting:
    """The class itself, remembering what was called."""

    def __getattr__(self, name):
        called.add(name)
        return getattr(pki, name)


use = Noting()


def refuses(error, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except error:
        return
    raise AssertionError(f"{call.__qualname__} did not raise {error}")


def roots():
    client.sys.enable_secrets_engine("pki", config={"max_lease_ttl": "8760h"})
    client.sys.enable_secrets_engine("pki", path="below", config={"max_lease_ttl": "8760h"})
    made = use.generate_root("internal", "Root", {"key_type": "ec", "ttl": "8000h", "issuer_name": "root"})["data"]
    assert use.read_ca_certificate().strip() == made["certificate"].strip()
    assert made["certificate"].strip() in use.read_ca_certificate_chain()
    assert use.list_issuers()["data"]["keys"] == [made["issuer_id"]]
    refuses(InvalidRequest, use.generate_root, "internal", "Root", {"key_type": "dsa"})
    return made


def settings():
    assert use.read_urls()["data"]["ocsp_servers"] == []
    use.set_urls({"ocsp_servers": ["http://ca.example.com/ocsp"]})
    assert use.read_urls()["data"]["ocsp_servers"] == ["http://ca.example.com/ocsp"]
    use.set_crl_configuration(expiry="48h", disable=False, extra_params={"ocsp_expiry": "6h"})
    read = use.read_crl_configuration()["data"]
    assert read["expiry"] == "48h" and read["ocsp_expiry"] == "6h"
    assert use.rotate_crl()["data"]["success"]
    assert use.read_crl().startswith("-----BEGIN X509 CRL-----")


def roles():
    use.create_or_update_role("web", {"allowed_domains": "example.com", "allow_subdomains": True, "key_type": "ec"})
    use.create_or_update_role("other", {"allow_any_name": True})
    assert use.list_roles()["data"]["keys"] == ["other", "web"]
    assert use.read_role("web")["data"]["allowed_domains"] == ["example.com"]
    use.delete_role("other")
    refuses(InvalidPath, use.read_role, "other")


def request():
    key = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    done = subprocess.run([*key, "-keyout", os.devnull, "-subj", "/CN=csr.example.com"], capture_output=True, check=True)
    return done.stdout.decode()


def certificates(csr):
    issued = use.generate_certificate("web", "www.example.com", {"ttl": "1h"})["data"]
    serial = issued["serial_number"]
    assert use.read_certificate(serial)["data"]["certificate"].strip() == issued["certificate"].strip()
    assert serial in use.list_certificates()["data"]["keys"]
    refuses(InvalidRequest, use.generate_certificate, "web", "www.example.org")
    if csr is not None:
        assert use.sign_certificate("web", csr, "csr.example.com")["data"]["serial_number"]
        assert use.sign_verbatim(csr)["data"]["serial_number"]
        assert use.sign_verbatim(csr, name="web")["data"]["serial_number"]
        assert use.sign_intermediate(csr, "Below", {"max_path_length": 0})["data"]["certificate"]
    assert use.revoke_certificate(serial)["data"]["revocation_time"] > 0
    assert use.read_certificate(serial)["data"]["revocation_time"] > 0
    assert use.tidy({"tidy_cert_store": True}).status_code == 202


def intermediates(root):
    csr = use.generate_intermediate("internal", "Below", {"key_type": "ec"}, mount_point="below")["data"]["csr"]
    signed = use.sign_intermediate(csr, "Below", {"ttl": "4000h"})["data"]
    use.set_signed_intermediate(signed["certificate"], mount_point="below")
    assert signed["certificate"].strip() in use.read_ca_certificate_chain(mount_point="below")
    client.sys.enable_secrets_engine("pki", path="brought")
    brought = use.generate_root("exported", "Brought", {"key_type": "ec"}, mount_point="below")["data"]
    use.submit_ca_information(f"{brought['private_key']}\n{brought['certificate']}", mount_point="brought")
    assert use.read_ca_certificate(mount_point="brought").strip() == brought["certificate"].strip()
    assert use.sign_self_issued(root["certificate"])["data"]["certificate"]


def issuers(root):
    read = use.read_issuer("root")["data"]
    assert read["issuer_id"] == root["issuer_id"]
    use.update_issuer("root", {"issuer_name": "renamed"})
    assert use.read_issuer("renamed")["data"]["issuer_id"] == root["issuer_id"]
    assert use.revoke_issuer("renamed")["data"]["revoked"]
    refuses(InvalidRequest, use.generate_certificate, "web", "www.example.com")
    use.delete_issuer("renamed")
    refuses(InvalidPath, use.read_issuer, "renamed")
    use.delete_root()
    refuses(InvalidPath, use.list_issuers)


root = roots()
print("roots")
settings()
print("settings")
roles()
print("roles")
certificates(request() if os.environ.get("HAS_OPENSSL") else None)
print("certificates")
intermediates(root)
print("intermediates")
issuers(root)
print("issuers")
of_openssl = set() if os.environ.get("HAS_OPENSSL") else {"sign_certificate", "sign_verbatim"}
missing = {name for name in vars(type(pki)) if not name.startswith("_")} - called - of_openssl
assert not missing, missing
print("all")
