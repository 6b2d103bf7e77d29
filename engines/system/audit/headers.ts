import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { AuditServices } from '../services/audit.ts'

type Context = EngineContext<AuditServices>

/** An HTTP field name, RFC 9110 section 5.1. */
const HEADER_NAME = /^(?!__proto__$)[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/i
/** Audited headers are looked for in every request. */
const HEADERS_MAX = 100

const Setting = Type.Object({ hmac: Type.Boolean({ description: 'Whether the value is hashed.' }) })

export const headers = route('config/auditing/request-headers', {
  summary: 'Request headers that stand in audit records',
  fields: {},
  access: 'sudo',
  auditClear: ['headers'],
  returns: Type.Object({ headers: Type.Record(Type.String(), Setting) }),
  operations: { read: readHeaders },
})

async function readHeaders(_request: EngineRequest, { services }: Context): Promise<Reply> {
  return { data: { headers: await services.audit.headers() }, topLevel: true }
}

const headerFields = {
  header: field.text({
    anyCase: true,
    required: true,
    description: 'Name of the header; upper and lower case are the same.',
  }),
  hmac: field.bool({ default: false, description: 'Whether the value is hashed.' }),
}
type HeaderRequest = EngineRequest<typeof headerFields>

export const header = route('config/auditing/request-headers/:header', {
  summary: 'Whether a request header stands in audit records',
  fields: headerFields,
  access: 'sudo',
  auditClear: ['header', 'hmac'],
  returns: Type.Record(Type.String(), Setting),
  operations: { read: readHeader, update: writeHeader, delete: removeHeader },
})

async function readHeader({ fields }: HeaderRequest, { services }: Context): Promise<Reply> {
  const all = await services.audit.headers()
  const name = fields.header.toLowerCase()
  const found = Object.hasOwn(all, name) ? all[name] : undefined
  if (found === undefined) throw invalid('Could not find header in config')
  return { data: { [fields.header]: found }, topLevel: true }
}

async function writeHeader({ fields }: HeaderRequest, { services }: Context): Promise<undefined> {
  if (!HEADER_NAME.test(fields.header)) throw invalid('header holds what is no header name')
  const all = await services.audit.headers()
  if (!Object.hasOwn(all, fields.header.toLowerCase()) && Object.keys(all).length >= HEADERS_MAX)
    throw invalid(`at most ${HEADERS_MAX} headers can be audited`)
  await services.audit.setHeader(fields.header, fields.hmac)
}

async function removeHeader({ fields }: HeaderRequest, { services }: Context): Promise<undefined> {
  await services.audit.removeHeader(fields.header)
}
