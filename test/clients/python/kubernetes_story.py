"""Uses hvac's Kubernetes auth as an application would. Prints one line for each step that held."""

import os

import hvac
from hvac.exceptions import Forbidden

ADDRESS = os.environ["VAULT_ADDR"]
MOUNT = {"mount_point": "cluster"}

admin = hvac.Client(url=ADDRESS, token=os.environ["VAULT_TOKEN"])
kubernetes = admin.auth.kubernetes

admin.sys.enable_auth_method("kubernetes", path="cluster")
kubernetes.configure(
    kubernetes_host=os.environ["KUBERNETES_HOST"],
    kubernetes_ca_cert=os.environ["KUBERNETES_CA"],
    token_reviewer_jwt=os.environ["REVIEWER"],
    **MOUNT,
)
config = kubernetes.read_config(**MOUNT)
assert config["kubernetes_host"] == os.environ["KUBERNETES_HOST"], config
assert "token_reviewer_jwt" not in config
print("configuration")

kubernetes.create_role(
    name="app",
    bound_service_account_names="web",
    bound_service_account_namespaces=["apps", "more"],
    ttl="1h",
    policies=["app"],
    alias_name_source="serviceaccount_name",
    **MOUNT,
)
assert kubernetes.list_roles(**MOUNT)["keys"] == ["app"]
role = kubernetes.read_role("app", **MOUNT)
assert role["bound_service_account_namespaces"] == ["apps", "more"], role
assert role["token_ttl"] == 3600 and role["alias_name_source"] == "serviceaccount_name"
print("roles")

client = hvac.Client(url=ADDRESS, token="")
reply = client.auth.kubernetes.login(role="app", jwt=os.environ["JWT"], **MOUNT)
assert reply["auth"]["metadata"]["service_account_name"] == "web", reply
assert client.lookup_token()["data"]["policies"] == ["app", "default"]
for refused in ({"role": "app", "jwt": os.environ["OTHER_JWT"]}, {"role": "other", "jwt": os.environ["JWT"]}):
    try:
        client.auth.kubernetes.login(**refused, **MOUNT)
    except Forbidden:
        continue
    raise AssertionError("a bad login was let in")
print("login")

kubernetes.delete_role("app", **MOUNT)
admin.sys.disable_auth_method("cluster")
print("end")
