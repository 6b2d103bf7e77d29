import { isIP } from 'node:net'
import type { Reader } from '../../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { clusterConfigCodec, rows } from '../documents.ts'
import { findIssuer } from '../issuers/find.ts'
import { roleNamed } from '../roles/role.ts'
import {
  type AcmeConfig,
  acmeRows,
  configCodec,
  EAB_POLICIES,
  type Eab,
  eabCodec,
  PENDING_ORDERS_MAX,
} from './documents.ts'

/** `config/acme`: https://openbao.org/api-docs/secret/pki/#set-acme-configuration */

const fields = {
  enabled: field.bool({ description: 'ACME is answered. Needs path in config/cluster.' }),
  allowed_roles: field.list({ description: 'Roles with a directory of their own; * for all' }),
  allowed_issuers: field.list({ description: 'Issuers with a directory of their own; * for all' }),
  allow_role_ext_key_usage: field.bool({
    description: "Certificates get the role's extended key usages, rather than that of servers alone",
  }),
  default_directory_policy: field.text({
    description: 'What a directory without a role gives: sign-verbatim, forbid, or role:NAME',
  }),
  dns_resolver: field.text({ description: "Address and port of the DNS server to ask; empty: the machine's" }),
  eab_policy: field.text({
    description: 'not-required, new-account-required or always-required: external account binding',
  }),
  max_ttl: field.duration({
    description:
      "Longest life of a certificate, whatever the ttl of its role, or else the mount's default, says. Default 2160h.",
  }),
  http_challenge_port: field.int({
    description:
      'Port that http-01 is asked at. RFC 8555 says 80, which is the default; another only where none else can listen.',
  }),
  tls_alpn_challenge_port: field.int({
    description: 'Port that tls-alpn-01 is asked at. RFC 8737 says 443, which is the default.',
  }),
  new_account_limit: field.int({
    description: 'Accounts that one address may make in an hour, at each process; 0: any number. Default 100.',
  }),
  new_order_limit: field.int({
    description: 'Orders that one account may make in an hour, at each process; 0: any number. Default 1000.',
  }),
  pending_order_limit: field.int({
    description: 'Orders of one account that wait to be carried out; 0: any number. Default 300, at most 1000.',
  }),
}
type ConfigRequest = EngineRequest<typeof fields>

const DEFAULTS: AcmeConfig = {
  enabled: false,
  allowed_roles: ['*'],
  allowed_issuers: ['*'],
  allow_role_ext_key_usage: false,
  default_directory_policy: 'sign-verbatim',
  dns_resolver: '',
  eab_policy: 'not-required',
  max_ttl: 90 * 86_400,
  http_challenge_port: 80,
  tls_alpn_challenge_port: 443,
  new_account_limit: 100,
  new_order_limit: 1_000,
  pending_order_limit: 300,
}

/** What was written before a setting was there has its default. */
export async function acmeConfig(reader: Reader): Promise<AcmeConfig> {
  return { ...DEFAULTS, ...(await reader.get(acmeRows.config, configCodec)) }
}

const PREFIXES = ['', 'issuer/:issuer_ref/', 'roles/:role/', 'issuer/:issuer_ref/roles/:role/']
const directoryFields = {
  role: field.name({ default: '', description: 'Role of the directory' }),
  issuer_ref: field.name({ default: '', description: 'Issuer of the directory' }),
}

export { directoryFields, PREFIXES }

export const acmeConfigRoutes: readonly Route[] = [
  route('config/acme', {
    summary: 'Whether and how ACME is answered',
    fields,
    auditClear: Object.keys(fields),
    operations: {
      read: async (_request: ConfigRequest, { store }) => ({ data: { ...(await acmeConfig(store)) } }),
      update: write,
    },
  }),
  ...PREFIXES.map((prefix) =>
    route(`${prefix}acme/new-eab`, {
      summary: 'Make a key for one external account',
      fields: directoryFields,
      auditClear: ['id', 'key_type', 'acme_directory', 'created_on', 'role', 'issuer_ref'],
      operations: { update: newEab },
    }),
  ),
  route('eab', {
    summary: 'List the keys of external accounts that were not used yet',
    fields: {},
    auditClear: ['keys', 'key_info'],
    operations: { list: listEabs },
  }),
  route('eab/:key_id', {
    summary: 'Remove the key of an external account',
    fields: { key_id: field.text({ required: true, description: 'Id of the key' }) },
    auditClear: ['key_id'],
    operations: {
      delete: async ({ fields: { key_id: id } }, { store }) => {
        await store.transaction((tx) => tx.delete(acmeRows.eab(id)))
      },
    },
  }),
]

async function write({ fields: given }: ConfigRequest, { store }: EngineContext): Promise<Reply> {
  return store.transaction(async (tx) => {
    const before = await acmeConfig(tx)
    const eabPolicy = given.eab_policy ?? before.eab_policy
    const eab = EAB_POLICIES.find((one) => one === eabPolicy)
    if (eab === undefined) throw invalid(`eab_policy must be one of ${EAB_POLICIES.join(', ')}`)
    const config: AcmeConfig = {
      enabled: given.enabled ?? before.enabled,
      allowed_roles: given.allowed_roles ?? before.allowed_roles,
      allowed_issuers: given.allowed_issuers ?? before.allowed_issuers,
      allow_role_ext_key_usage: given.allow_role_ext_key_usage ?? before.allow_role_ext_key_usage,
      default_directory_policy: given.default_directory_policy ?? before.default_directory_policy,
      dns_resolver: checkedResolver(given.dns_resolver ?? before.dns_resolver),
      eab_policy: eab,
      max_ttl: given.max_ttl ?? before.max_ttl,
      http_challenge_port: checkedPort('http_challenge_port', given.http_challenge_port ?? before.http_challenge_port),
      tls_alpn_challenge_port: checkedPort(
        'tls_alpn_challenge_port',
        given.tls_alpn_challenge_port ?? before.tls_alpn_challenge_port,
      ),
      new_account_limit: checkedLimit('new_account_limit', given.new_account_limit ?? before.new_account_limit),
      new_order_limit: checkedLimit('new_order_limit', given.new_order_limit ?? before.new_order_limit),
      pending_order_limit: checkedLimit(
        'pending_order_limit',
        given.pending_order_limit ?? before.pending_order_limit,
        PENDING_ORDERS_MAX,
      ),
    }
    if (config.max_ttl < 1) throw invalid('max_ttl must be greater than zero')
    await checkAllowed(config, tx)
    await checkPolicy(config, tx)
    const cluster = await tx.get(rows.clusterConfig, clusterConfigCodec)
    if (config.enabled && !cluster?.path)
      throw invalid("ACME feature requires local cluster 'path' field configuration to be set")
    tx.put(acmeRows.config, config, configCodec)
    return { data: { ...config } }
  })
}

async function checkAllowed({ allowed_roles: roles, allowed_issuers: issuers }: AcmeConfig, tx: Reader): Promise<void> {
  for (const name of roles) {
    if (name !== '*' && (await roleNamed(tx, name)) === undefined)
      throw invalid(`allowed_roles names a role that there is none of: ${name}`)
  }
  for (const ref of issuers) {
    if (ref !== '*' && (await findIssuer(tx, ref)) === undefined)
      throw invalid(`allowed_issuers names an issuer that there is none of: ${ref}`)
  }
}

async function checkPolicy(
  { default_directory_policy: policy, allowed_roles: allowed }: AcmeConfig,
  reader: Reader,
): Promise<void> {
  if (policy === 'sign-verbatim' || policy === 'forbid') return
  const name = policy.startsWith('role:') ? policy.slice(5) : ''
  if (name === '') throw invalid('default_directory_policy must be sign-verbatim, forbid, or role:NAME')
  if ((await roleNamed(reader, name)) === undefined)
    throw invalid(`default_directory_policy names a role that there is none of: ${name}`)
  if (!allowed.includes('*') && !allowed.includes(name))
    throw invalid(`default_directory_policy names a role that allowed_roles does not: ${name}`)
}

function checkedPort(name: string, port: number): number {
  if (port < 1 || port > 65_535) throw invalid(`${name} must be 1 to 65535`)
  return port
}

const LIMIT_MAX = 1_000_000

function checkedLimit(name: string, limit: number, max = LIMIT_MAX): number {
  if (limit < 0 || limit > max) throw invalid(`${name} must be 0 to ${max}`)
  return limit
}

/** 'address:port', an IPv6 address in brackets. */
function checkedResolver(text: string): string {
  if (text === '') return ''
  const [, six, four, port = '53'] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  if (isIP(six ?? four ?? '') === 0 || Number(port) > 65_535)
    throw invalid('dns_resolver must be an address, with a port or without')
  return six === undefined ? `${four}:${port}` : `[${six}]:${port}`
}

const EAB_KEY_BYTES = 32

async function newEab(
  { fields: directory }: EngineRequest<typeof directoryFields>,
  { store, random, clock }: EngineContext,
): Promise<Reply> {
  const eab: Eab = {
    id: random.uuid(),
    key: random.bytes(EAB_KEY_BYTES).toString('base64url'),
    createdMs: clock.now(),
    directory: directoryPath(directory),
  }
  await store.transaction((tx) => tx.put(acmeRows.eab(eab.id), eab, eabCodec))
  return { data: { ...shownEab(eab), id: eab.id, key: eab.key } }
}

/** Below the mount, as 'roles/web/acme/'. */
export function directoryPath({
  role,
  issuer_ref: issuer,
}: {
  readonly role: string
  readonly issuer_ref: string
}): string {
  return `${issuer === '' ? '' : `issuer/${issuer}/`}${role === '' ? '' : `roles/${role}/`}acme/`
}

function shownEab({ directory, createdMs }: Eab) {
  return { key_type: 'hs', acme_directory: `${directory}directory`, created_on: new Date(createdMs).toISOString() }
}

async function listEabs(_request: EngineRequest, { store }: EngineContext): Promise<Reply> {
  const keys = await store.list(acmeRows.eabs)
  if (keys.length === 0) throw notFound()
  const info: Record<string, object> = {}
  for (const id of keys) {
    const eab = await store.get(acmeRows.eab(id), eabCodec)
    if (eab !== undefined) info[id] = shownEab(eab)
  }
  return { data: { keys, key_info: info } }
}
