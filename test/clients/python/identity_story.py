"""Uses hvac's identity class as an application would. Prints one line for each step that held."""

import os

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

client = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["VAULT_TOKEN"])
identity = client.secrets.identity


def refuses(error, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except error:
        return
    raise AssertionError(f"{call.__qualname__} did not raise {error}")


def token_accessor():
    return client.sys.list_auth_methods()["data"]["token/"]["accessor"]


def entities():
    made = identity.create_or_update_entity(name="Ada", metadata={"team": "red"}, policies=["reports"])["data"]
    assert made["name"] == "Ada"
    read = identity.read_entity(entity_id=made["id"])["data"]
    assert read["metadata"] == {"team": "red"} and read["policies"] == ["reports"] and not read["disabled"]
    identity.update_entity(entity_id=made["id"], name="ada", metadata={"team": "blue"}, policies=["a", "b"], disabled=True)
    read = identity.read_entity_by_name(name="ADA")["data"]
    assert read["id"] == made["id"] and read["name"] == "ada" and read["disabled"]
    assert read["metadata"] == {"team": "blue"} and read["policies"] == ["a", "b"]
    other = identity.create_or_update_entity_by_name(name="grace")["data"]
    for method in ("LIST", "GET"):
        keys = identity.list_entities(method=method)["data"]["keys"]
        assert sorted(keys) == sorted([made["id"], other["id"]])
        assert identity.list_entities_by_name(method=method)["data"]["keys"] == ["ada", "grace"]
    refuses(InvalidRequest, identity.create_or_update_entity, name="x", policies=["root"])
    refuses(InvalidRequest, identity.update_entity, entity_id=other["id"], name="ada")
    identity.update_entity(entity_id=made["id"], disabled=False)
    return made["id"], other["id"]


def aliases(ada, grace):
    accessor = token_accessor()
    made = identity.create_or_update_entity_alias(name="ada-1", canonical_id=ada, mount_accessor=accessor)["data"]
    read = identity.read_entity_alias(alias_id=made["id"])["data"]
    assert read["canonical_id"] == ada and read["name"] == "ada-1"
    assert read["mount_path"] == "auth/token/" and read["mount_type"] == "token"
    identity.update_entity_alias(alias_id=made["id"], name="ada-2", canonical_id=ada, mount_accessor=accessor)
    for method in ("LIST", "GET"):
        assert identity.list_entity_aliases(method=method)["data"]["keys"] == [made["id"]]
    found = identity.lookup_entity(alias_name="ADA-2", alias_mount_accessor=accessor)["data"]
    assert found["id"] == ada
    for query in ({"name": "ada"}, {"entity_id": ada}, {"alias_id": made["id"]}):
        assert identity.lookup_entity(**query)["data"]["id"] == ada
    refuses(InvalidRequest, identity.create_or_update_entity_alias, "x", ada, "auth_none_12345678")
    identity.create_or_update_entity_alias(name="grace", canonical_id=grace, mount_accessor=accessor)
    refuses(InvalidRequest, identity.merge_entities, from_entity_ids=[grace], to_entity_id=ada)
    return made["id"]


def groups(ada, grace):
    team = identity.create_or_update_group(name="Team", policies="team", metadata={"k": "v"}, member_entity_ids=ada)["data"]
    read = identity.read_group(group_id=team["id"])["data"]
    assert read["member_entity_ids"] == [ada] and read["type"] == "internal" and read["metadata"] == {"k": "v"}
    identity.update_group(group_id=team["id"], name="team", policies="team", member_entity_ids=f"{ada},{grace}")
    assert sorted(identity.read_group_by_name(name="TEAM")["data"]["member_entity_ids"]) == sorted([ada, grace])
    outer = identity.create_or_update_group_by_name(name="outer", policies="all", member_group_ids=team["id"])["data"]
    assert identity.read_entity(entity_id=ada)["data"]["inherited_group_ids"] == [outer["id"]]
    refuses(InvalidRequest, identity.update_group, group_id=team["id"], name="team", member_group_ids=outer["id"])
    staff = identity.create_or_update_group(name="staff", group_type="external")["data"]
    alias = identity.create_or_update_group_alias(
        name="Staff", mount_accessor=token_accessor(), canonical_id=staff["id"]
    )["data"]
    assert identity.read_group_alias(alias_id=alias["id"])["data"]["name"] == "Staff"
    identity.update_group_alias(
        entity_id=alias["id"], name="Crew", mount_accessor=token_accessor(), canonical_id=staff["id"]
    )
    assert identity.lookup_group(alias_name="crew", alias_mount_accessor=token_accessor())["data"]["id"] == staff["id"]
    assert identity.lookup_group(name="staff")["data"]["alias"]["name"] == "Crew"
    for method in ("LIST", "GET"):
        assert len(identity.list_groups(method=method)["data"]["keys"]) == 3
        assert identity.list_groups_by_name(method=method)["data"]["keys"] == ["outer", "staff", "team"]
        assert identity.list_group_aliases(method=method)["data"]["keys"] == [alias["id"]]
    identity.delete_group_alias(entity_id=alias["id"])
    identity.delete_group(group_id=outer["id"])
    identity.delete_group_by_name(name="staff")
    refuses(InvalidPath, identity.read_group, group_id=outer["id"])


def logins(ada):
    client.auth.token.create_or_update_role("ci", allowed_entity_aliases=["ada-*"])
    auth = client.auth.token.create(role_name="ci", entity_alias="ada-2", policies=["default"])["auth"]
    assert auth["entity_id"] == ada and auth["identity_policies"] == ["a", "b", "team"]
    own = hvac.Client(url=os.environ["VAULT_ADDR"], token=auth["client_token"])
    seen = own.auth.token.lookup_self()["data"]
    assert seen["identity_policies"] == ["a", "b", "team"] and seen["policies"] == ["default"]
    identity.update_entity(entity_id=ada, disabled=True)
    refuses(Forbidden, own.auth.token.lookup_self)
    identity.update_entity(entity_id=ada, disabled=False)
    assert own.secrets.identity.read_entity(entity_id=ada)["data"]["name"] == "ada"
    return own


def tokens(own, ada):
    identity.configure_tokens_backend(issuer="https://vault.example.com:8200")
    assert identity.read_tokens_backend_configuration()["data"]["issuer"] == "https://vault.example.com:8200"
    for algorithm in ("RS256", "ES384", "EdDSA"):
        name = f"key-{algorithm}"
        identity.create_named_key(name=name, algorithm=algorithm, allowed_client_ids=["*"])
        assert identity.read_named_key(name=name)["data"]["rotation_period"] == 86400
        identity.create_or_update_role(
            name="app", key=name, client_id="app", ttl="1h", template='{"team": {{identity.entity.metadata.team}}}'
        )
        assert identity.read_role(name="app")["data"]["client_id"] == "app"
        client.sys.create_or_update_policy("a", 'path "identity/oidc/token/*" { capabilities = ["read"] }')
        token = own.secrets.identity.generate_signed_id_token(name="app")["data"]["token"]
        assert identity.introspect_signed_id_token(token=token)["active"]
        assert not identity.introspect_signed_id_token(token=token, client_id="other")["active"]
        # What hvac calls a rotation changes the key's verification_ttl alone.
        identity.rotate_named_key(name=name, verification_ttl="1h")
        client.adapter.post(f"/v1/identity/oidc/key/{name}/rotate")
        assert identity.introspect_signed_id_token(token=token, client_id="app")["active"]
        refuses(InvalidRequest, identity.delete_named_key, name=name)
    well_known = identity.read_well_known_configurations()
    assert well_known["issuer"] == "https://vault.example.com:8200/v1/identity/oidc"
    assert len(identity.read_active_public_keys()["keys"]) >= 6
    assert identity.list_named_keys()["data"]["keys"] == ["default", "key-ES384", "key-EdDSA", "key-RS256"]
    assert identity.list_roles()["data"]["keys"] == ["app"]
    identity.delete_role(name="app")
    identity.delete_named_key(name="key-RS256")
    refuses(InvalidPath, identity.read_named_key, name="key-RS256")


def endings(ada, grace, alias):
    identity.delete_entity_alias(alias_id=alias)
    identity.merge_entities(from_entity_ids=[ada], to_entity_id=grace)
    assert identity.read_entity(entity_id=grace)["data"]["merged_entity_ids"] == [ada]
    refuses(InvalidPath, identity.read_entity, entity_id=ada)
    identity.delete_entity_by_name(name="grace")
    refuses(InvalidPath, identity.list_entities)


def main():
    ada, grace = entities()
    print("entities")
    alias = aliases(ada, grace)
    print("aliases")
    groups(ada, grace)
    print("groups")
    own = logins(ada)
    print("logins")
    tokens(own, ada)
    print("tokens")
    endings(ada, grace, alias)
    print("endings")


main()
