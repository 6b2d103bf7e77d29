"""Uses hvac's SSH engine as an application would. Prints one line for each step that held."""

import os

import hvac
from hvac.exceptions import InvalidRequest

PUBLIC_KEY = os.environ["PUBLIC_KEY"]
client = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["VAULT_TOKEN"])
ssh = client.secrets.ssh


def refuses(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except InvalidRequest:
        return
    raise AssertionError(f"{call.__qualname__} was not refused")


client.sys.enable_secrets_engine("ssh", path="ssh")
made = ssh.submit_ca_information(generate_signing_key=True, key_type="ed25519")
assert made["data"]["public_key"].startswith("ssh-ed25519 "), made
assert ssh.read_public_key()["data"]["public_key"] == made["data"]["public_key"]
print("authority")

ssh.create_role(
    name="ops",
    key_type="ca",
    allow_user_certificates=True,
    allowed_users="ada,bob",
    default_user="ada",
    ttl="10m",
    default_extensions={"permit-pty": ""},
)
role = ssh.read_role("ops")["data"]
assert role["allowed_users"] == "ada,bob" and role["ttl"] == 600 and role["default_extensions"] == {"permit-pty": ""}, role
assert ssh.list_roles()["data"]["keys"] == ["ops"]
print("roles")

signed = ssh.sign_ssh_key(name="ops", public_key=PUBLIC_KEY, valid_principals="bob", ttl="5m")["data"]
assert signed["signed_key"].startswith("ssh-ed25519-cert-v01@openssh.com "), signed
refuses(ssh.sign_ssh_key, name="ops", public_key=PUBLIC_KEY, valid_principals="root")
refuses(ssh.sign_ssh_key, name="ops", public_key=PUBLIC_KEY, valid_principals="")
print("signing")

ssh.create_role(name="otp", key_type="otp", default_user="ops", cidr_list="10.0.0.0/8")
assert ssh.list_roles_by_ip(ip="10.1.2.3")["data"]["roles"] == ["otp"]
password = ssh.generate_ssh_credentials(name="otp", username="ops", ip="10.1.2.3")
assert password["lease_id"] and password["data"]["key_type"] == "otp", password
checked = ssh.verify_ssh_otp(password["data"]["key"])["data"]
assert checked == {"username": "ops", "ip": "10.1.2.3", "role_name": "otp"}, checked
refuses(ssh.verify_ssh_otp, password["data"]["key"])
print("one-time passwords")

ssh.configure_zeroaddress_roles(roles="otp")
assert ssh.list_zeroaddress_roles()["data"]["roles"] == ["otp"]
ssh.delete_zeroaddress_role()
ssh.delete_role("otp")
ssh.delete_ca_information()
refuses(ssh.sign_ssh_key, name="ops", public_key=PUBLIC_KEY, valid_principals="bob")
print("removal")
