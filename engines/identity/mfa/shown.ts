import Type from 'typebox'
import type { NamespaceRef } from '../../engine.ts'
import type { Enforcement, MethodTerms, PlacedMethod, TotpTerms } from './documents.ts'

/** How methods and enforcements are shown: Vault's names, and never a secret. */

const head = {
  id: Type.String(),
  name: Type.String(),
  namespace_id: Type.String(),
  namespace_path: Type.String(),
}

const totp = {
  issuer: Type.String(),
  period: Type.Integer({ description: 'Seconds.' }),
  digits: Type.Integer(),
  skew: Type.Integer(),
  key_size: Type.Integer({ description: 'Bytes.' }),
  qr_size: Type.Integer({ description: 'Pixels.' }),
  algorithm: Type.String(),
  max_validation_attempts: Type.Integer(),
}

export const TotpReply = Type.Object({ ...head, type: Type.String(), ...totp })

const service = {
  username_format: Type.String(),
  mount_accessor: Type.String({ description: 'Empty: methods are of no mount.' }),
}

const duo = {
  api_hostname: Type.String(),
  pushinfo: Type.String(),
  use_passcode: Type.Boolean(),
  ...service,
}
const okta = { org_name: Type.String(), base_url: Type.String(), primary_email: Type.Boolean(), ...service }
const pingid = {
  use_signature: Type.Boolean(),
  idp_url: Type.String(),
  org_alias: Type.String(),
  admin_url: Type.String(),
  authenticator_url: Type.String(),
  ...service,
}

export const DuoReply = Type.Object({ ...head, type: Type.String(), ...duo })
export const OktaReply = Type.Object({ ...head, type: Type.String(), ...okta })
export const PingIdReply = Type.Object({ ...head, type: Type.String(), ...pingid })

/** Of a method of any type: what it has depends on that. */
export const AnyMethodReply = Type.Object({
  ...head,
  type: Type.String(),
  ...Type.Partial(Type.Object({ ...totp, ...duo, ...okta, ...pingid })).properties,
})

export const EnforcementReply = Type.Object({
  ...head,
  mfa_method_ids: Type.Array(Type.String()),
  auth_method_accessors: Type.Array(Type.String()),
  auth_method_types: Type.Array(Type.String()),
  identity_group_ids: Type.Array(Type.String()),
  identity_entity_ids: Type.Array(Type.String()),
})

export function shownMethod({ method, namespace }: PlacedMethod): Readonly<Record<string, unknown>> {
  return { ...headOf(method, namespace), type: method.type, ...shownTerms(method) }
}

function shownTerms(method: MethodTerms): Readonly<Record<string, unknown>> {
  switch (method.type) {
    case 'totp':
      return shownTotp(method.terms)
    case 'duo':
      return {
        api_hostname: method.terms.apiHostname,
        pushinfo: method.terms.pushInfo,
        use_passcode: method.terms.usesPasscode,
        username_format: method.terms.usernameFormat,
        mount_accessor: '',
      }
    case 'okta':
      return {
        org_name: method.terms.orgName,
        base_url: method.terms.baseUrl,
        primary_email: method.terms.primaryEmail,
        username_format: method.terms.usernameFormat,
        mount_accessor: '',
      }
    case 'pingid':
      return {
        use_signature: method.terms.usesSignature,
        idp_url: method.terms.idpUrl,
        org_alias: method.terms.orgAlias,
        admin_url: method.terms.adminUrl,
        authenticator_url: method.terms.authenticatorUrl,
        username_format: method.terms.usernameFormat,
        mount_accessor: '',
      }
  }
}

function shownTotp(terms: TotpTerms): Readonly<Record<string, unknown>> {
  return {
    issuer: terms.issuer,
    period: terms.periodSeconds,
    digits: terms.digits,
    skew: terms.skew,
    key_size: terms.keyBytes,
    qr_size: terms.qrSize,
    algorithm: terms.algorithm,
    max_validation_attempts: terms.attemptsMax,
  }
}

export function shownEnforcement(one: Enforcement, namespace: NamespaceRef): Readonly<Record<string, unknown>> {
  return {
    ...headOf(one, namespace),
    mfa_method_ids: one.methodIds,
    auth_method_accessors: one.mountAccessors,
    auth_method_types: one.mountTypes,
    identity_group_ids: one.groupIds,
    identity_entity_ids: one.entityIds,
  }
}

function headOf({ id, name }: { readonly id: string; readonly name: string }, namespace: NamespaceRef) {
  return { id, name, namespace_id: namespace.id, namespace_path: namespace.path }
}
