import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { listed, pageFields, pageOf } from '../../../engines/listing.ts'
import { olderTokenFields, shownTokenParameters, tokenFields, tokenParameters } from '../token-parameters.ts'
import { uidWhenWritten } from '../unchanged.ts'
import { type Certificate, certificatesOfPem, pemOfText } from './certificate.ts'
import { isForClients } from './chain.ts'
import { isOid, isRequiredExtension } from './constraints.ts'
import { type CertRole, ROLES, roleCodec, roleKey, roleNamed } from './role.ts'

/** `auth/cert/certs`: https://openbao.org/api-docs/auth/cert/#create-ca-certificate-role */

const { policies, ttl, max_ttl, period, bound_cidrs } = olderTokenFields
const fields = {
  name: field.name({ anyCase: true, required: true, description: 'Name of the role; its case does not matter' }),
  certificate: field.text({
    description: 'PEM: authorities whose certificates let in, or one certificate that does itself',
  }),
  display_name: field.text({ description: 'Name of the tokens in logs; absent: the name of the role' }),
  allowed_names: field.bounds({
    deprecated: true,
    description: 'One of them must be the common name, a DNS name or an e-mail address. * is any run of characters',
  }),
  allowed_common_names: field.bounds({
    description: 'One of them must be the common name. * is any run of characters',
  }),
  allowed_dns_sans: field.bounds({ description: 'One of them must be among the DNS names' }),
  allowed_email_sans: field.bounds({ description: 'One of them must be among the e-mail addresses' }),
  allowed_uri_sans: field.bounds({ description: 'One of them must be among the URIs' }),
  allowed_organizational_units: field.bounds({ description: 'One of them must be among the organisational units' }),
  required_extensions: field.bounds({
    description: 'Extensions that there must be: OID:text, or hex:OID:DER in hex. * is any run of characters',
  }),
  allowed_metadata_extensions: field.list({
    description: 'Object identifiers of extensions whose text goes into the metadata of tokens',
  }),
  ocsp_enabled: field.bool({ description: "Ask the issuer's OCSP server at each login whether it revoked" }),
  ocsp_ca_certificates: field.text({
    description:
      'PEM, or base64 of it: who else may sign OCSP replies, and whom to trust when they are fetched over TLS',
  }),
  ocsp_servers_override: field.list({ description: 'URLs to ask in the place of those that the certificate names' }),
  ocsp_fail_open: field.bool({ description: 'Let in where no server can say whether it was revoked' }),
  ocsp_query_all_servers: field.bool({ description: 'Ask all servers, and let in only if all say that it is good' }),
  ...tokenFields,
  policies,
  ttl,
  max_ttl,
  period,
  bound_cidrs,
  lease: field.int({ deprecated: true, description: 'Older name of token_ttl, in seconds' }),
}
type CertRequest = EngineRequest<typeof fields>

export const certs = route('certs', {
  summary: 'List the roles',
  fields: pageFields,
  operations: { list: async ({ fields }, { store }) => listed(await store.list(ROLES, pageOf(fields))) },
})

export const cert = route('certs/:name', {
  summary: 'Whose certificates let in, and what their tokens are like',
  fields,
  operations: { update: write, read, delete: remove },
})

async function read({ fields }: CertRequest, context: EngineContext): Promise<Reply> {
  const role = await roleNamed(fields.name, context)
  if (role === undefined) throw notFound()
  return { data: shown(role) }
}

async function remove({ fields }: CertRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction(async (tx) => tx.delete(roleKey(fields.name)))
}

async function write(request: CertRequest, context: EngineContext): Promise<Reply | undefined> {
  const { store, mount } = context
  const role = await store.transaction(async (tx) => {
    const changed = changedRole(request, await tx.get(roleKey(request.fields.name), roleCodec), context)
    tx.put(roleKey(changed.name), changed, roleCodec)
    return changed
  })
  const { ttlSeconds, maxTtlSeconds, periodSeconds } = role.token
  const beyond = (name: string, seconds: number, of: number) =>
    seconds > of
      ? [`Given ${name} of ${seconds} seconds is greater than current mount/system default of ${of} seconds`]
      : []
  const warnings = [
    ...beyond('ttl', ttlSeconds, mount.defaultLeaseTtlSeconds),
    ...beyond('max_ttl', maxTtlSeconds, mount.maxLeaseTtlSeconds),
    ...beyond('period', periodSeconds, mount.maxLeaseTtlSeconds),
  ]
  return warnings.length === 0 ? undefined : { warnings }
}

/** What the request says over what there was. */
function changedRole(request: CertRequest, before: CertRole | undefined, context: EngineContext): CertRole {
  const { fields } = request
  const name = fields.name.toLowerCase()
  const ttlSeconds = fields.token_ttl === undefined ? (fields.ttl ?? fields.lease) : undefined
  const role: CertRole = {
    uid: uidWhenWritten(before, context),
    name,
    certificate: fields.certificate ?? before?.certificate ?? '',
    displayName: fields.display_name ?? before?.displayName ?? '',
    allowedNames: fields.allowed_names ?? before?.allowedNames ?? [],
    allowedCommonNames: fields.allowed_common_names ?? before?.allowedCommonNames ?? [],
    allowedDnsSans: fields.allowed_dns_sans ?? before?.allowedDnsSans ?? [],
    allowedEmailSans: fields.allowed_email_sans ?? before?.allowedEmailSans ?? [],
    allowedUriSans: fields.allowed_uri_sans ?? before?.allowedUriSans ?? [],
    allowedOrganizationalUnits: fields.allowed_organizational_units ?? before?.allowedOrganizationalUnits ?? [],
    requiredExtensions: fields.required_extensions ?? before?.requiredExtensions ?? [],
    allowedMetadataExtensions: fields.allowed_metadata_extensions ?? before?.allowedMetadataExtensions ?? [],
    ocspEnabled: fields.ocsp_enabled ?? before?.ocspEnabled ?? false,
    ocspCaCertificates: fields.ocsp_ca_certificates ?? before?.ocspCaCertificates ?? '',
    ocspServersOverride: fields.ocsp_servers_override ?? before?.ocspServersOverride ?? [],
    ocspFailOpen: fields.ocsp_fail_open ?? before?.ocspFailOpen ?? false,
    ocspQueryAllServers: fields.ocsp_query_all_servers ?? before?.ocspQueryAllServers ?? false,
    token: tokenParameters(request, before?.token, { ...fields, ttl: ttlSeconds }),
  }
  check(role)
  return { ...role, displayName: role.displayName || name }
}

function check(role: CertRole): void {
  const [first] = certificatesIn('certificate', role.certificate)
  if (first === undefined) throw invalid('failed to parse certificate')
  if (!first.isCa && !isForClients(first))
    throw invalid('nonCA certificates should have TLS client authentication set as an extended key usage')
  if (
    role.ocspCaCertificates !== '' &&
    certificatesIn('ocsp_ca_certificates', pemOfText(role.ocspCaCertificates)).length === 0
  )
    throw invalid('failed to parse ocsp_ca_certificates')
  if (!role.requiredExtensions.every(isRequiredExtension))
    throw invalid('required_extensions must be OID:value or hex:OID:value')
  if (!role.allowedMetadataExtensions.every(isOid))
    throw invalid('allowed_metadata_extensions must be object identifiers')
  if (!role.ocspServersOverride.every((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? '')))
    throw invalid('ocsp_servers_override must be http or https URLs')
}

function certificatesIn(name: string, pem: string): readonly Certificate[] {
  try {
    return certificatesOfPem(pem)
  } catch {
    throw invalid(`failed to parse ${name}`)
  }
}

function shown(role: CertRole): Readonly<Record<string, unknown>> {
  return {
    certificate: role.certificate,
    display_name: role.displayName,
    allowed_names: role.allowedNames,
    allowed_common_names: role.allowedCommonNames,
    allowed_dns_sans: role.allowedDnsSans,
    allowed_email_sans: role.allowedEmailSans,
    allowed_uri_sans: role.allowedUriSans,
    allowed_organizational_units: role.allowedOrganizationalUnits,
    required_extensions: role.requiredExtensions,
    allowed_metadata_extensions: role.allowedMetadataExtensions,
    ocsp_enabled: role.ocspEnabled,
    ocsp_ca_certificates: role.ocspCaCertificates,
    ocsp_servers_override: role.ocspServersOverride,
    ocsp_fail_open: role.ocspFailOpen,
    ocsp_query_all_servers: role.ocspQueryAllServers,
    ...shownTokenParameters(role.token),
  }
}
