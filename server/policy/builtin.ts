/** Policies that exist in every namespace. `root` and `response-wrapping` can't be changed; `default` can. */
export const ROOT = 'root'
export const DEFAULT = 'default'
export const RESPONSE_WRAPPING = 'response-wrapping'

/** Never assigned by hand: a wrapping token carries it alone, so that what it can do can't be widened. */
export const RESPONSE_WRAPPING_TEXT = `# What a response-wrapping token may do: hand out the one response it stands for, or end without.
path "cubbyhole/response" {
  capabilities = ["create", "read"]
}
path "sys/wrapping/unwrap" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
`

/** Every token gets it unless it is made without. It gives what a token needs to mind itself, and nothing of anybody else's. */
export const DEFAULT_POLICY_TEXT = `# A token may look after itself.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}

# It may ask what it is allowed to do. The second path is what user interfaces ask.
path "sys/capabilities-self" {
  capabilities = ["update"]
}
path "sys/internal/ui/resultant-acl" {
  capabilities = ["read"]
}

# It may read the entity it belongs to.
path "identity/entity/id/{{identity.entity.id}}" {
  capabilities = ["read"]
}
path "identity/entity/name/{{identity.entity.name}}" {
  capabilities = ["read"]
}

# Whoever knows a lease's id may look at it and renew it.
path "sys/leases/lookup" {
  capabilities = ["update"]
}
path "sys/leases/renew" {
  capabilities = ["update"]
}

# Its own cubbyhole, which no other token can see.
path "cubbyhole/*" {
  capabilities = ["create", "read", "update", "delete", "list"]
}

# Wrapping: to wrap data of its own, and to inspect and open what it was given.
path "sys/wrapping/wrap" {
  capabilities = ["update"]
}
path "sys/wrapping/lookup" {
  capabilities = ["update"]
}
path "sys/wrapping/unwrap" {
  capabilities = ["update"]
}

# Hashing reveals nothing that the caller does not send.
path "sys/tools/hash" {
  capabilities = ["update"]
}
path "sys/tools/hash/*" {
  capabilities = ["update"]
}

# Signing in to applications through an OIDC provider.
path "identity/oidc/provider/+/authorize" {
  capabilities = ["read", "update"]
}
`

/** Names that can't be written or deleted. */
export const IMMUTABLE_POLICIES: readonly string[] = [ROOT, RESPONSE_WRAPPING]
