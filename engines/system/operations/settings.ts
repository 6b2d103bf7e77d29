import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed } from '../../listing.ts'
import type { OperationsServices } from '../services/operations.ts'

/** Settings for browsers: cross-origin requests, and the headers of the pages. */

type Context = EngineContext<OperationsServices>

/** Headers that Vault's clients send, always allowed. Tools that compare know these, and take another for one that was asked for. */
const STANDARD_HEADERS = [
  'Content-Type',
  'Authorization',
  'X-Vault-Token',
  'X-Vault-MFA',
  'X-Vault-No-Request-Forwarding',
  'X-Vault-Wrap-Format',
  'X-Vault-Wrap-TTL',
  'X-Requested-With',
  'X-Vault-AWS-IAM-Server-ID',
  'X-Vault-Policy-Override',
]
const LIST_MAX = 100
/** An HTTP field name, RFC 9110 section 5.1. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/
/** A field value that can't end its line: printable text, spaces and tabs. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{1,8192}$/

const corsFields = {
  enable: field.bool({ default: true, description: 'Whether browsers of other origins get answers they may read.' }),
  allowed_origins: field.list({ default: [], description: "Origins such as https://example.com, or one '*' for all." }),
  allowed_headers: field.list({ default: [], description: 'Request headers allowed beside the standard ones.' }),
  allow_credentials: field.bool({ default: false, description: 'Whether browsers may send credentials.' }),
}
type CorsRequest = EngineRequest<typeof corsFields>

export const cors = route('config/cors', {
  summary: 'Requests from pages of other origins',
  fields: corsFields,
  access: 'sudo',
  auditClear: Object.keys(corsFields),
  returns: Type.Object({
    enabled: Type.Boolean(),
    allowed_origins: Type.Optional(Type.Array(Type.String())),
    allowed_headers: Type.Optional(Type.Array(Type.String())),
    allow_credentials: Type.Optional(Type.Boolean()),
  }),
  operations: { read: readCors, update: writeCors, delete: removeCors },
})

async function readCors(_request: CorsRequest, { services }: Context): Promise<Reply> {
  const settings = await services.operations.settings.readCors()
  if (settings === undefined) return { data: { enabled: false }, topLevel: true }
  const { allowedOrigins, allowedHeaders, allowCredentials } = settings
  const data = {
    enabled: true,
    allowed_origins: allowedOrigins,
    allowed_headers: allowedHeaders,
    allow_credentials: allowCredentials,
  }
  return { data, topLevel: true }
}

async function writeCors({ fields }: CorsRequest, { services }: Context): Promise<undefined> {
  const { settings } = services.operations
  if (!fields.enable) return settings.writeCors(undefined).then(() => undefined)
  const origins = fields.allowed_origins
  if (origins.length === 0) throw invalid('at least one origin or the wildcard must be provided')
  if (origins.includes('*') && origins.length > 1) {
    throw invalid("to allow all origins the '*' must be the only value for allowed_origins")
  }
  if (origins.length > LIST_MAX || fields.allowed_headers.length > LIST_MAX) {
    throw invalid(`at most ${LIST_MAX} origins and headers can be allowed`)
  }
  if (!origins.every((origin) => HEADER_VALUE.test(origin))) throw invalid('allowed_origins holds what is no origin')
  if (!fields.allowed_headers.every((name) => HEADER_NAME.test(name))) {
    throw invalid('allowed_headers holds what is no header name')
  }
  await settings.writeCors({
    allowedOrigins: origins,
    allowedHeaders: [...STANDARD_HEADERS, ...fields.allowed_headers],
    allowCredentials: fields.allow_credentials,
  })
}

async function removeCors(_request: CorsRequest, { services }: Context): Promise<undefined> {
  await services.operations.settings.writeCors(undefined)
}

export const uiHeaders = route('config/ui/headers', {
  summary: 'Names of the headers added to the pages that the server shows',
  fields: {},
  access: 'sudo',
  returns: Type.Object({ keys: Type.Array(Type.String()) }),
  auditClear: ['keys'],
  operations: {
    list: async (_request: EngineRequest, { services }: Context) =>
      listed(Object.keys(await services.operations.settings.readUiHeaders()).sort()),
  },
})

const headerFields = {
  header: field.text({ anyCase: true, required: true, description: 'Name of the header.' }),
  values: field.list({ default: [], description: 'Its values.' }),
  multivalue: field.bool({
    default: false,
    query: true,
    description: 'Of a read: answer with all values, as `values`, and not with the first as `value`.',
  }),
}
type HeaderRequest = EngineRequest<typeof headerFields>

export const uiHeader = route('config/ui/headers/:header', {
  summary: 'A header added to the pages that the server shows',
  fields: headerFields,
  access: 'sudo',
  auditClear: ['header', 'values', 'multivalue', 'value'],
  returns: Type.Object({
    value: Type.Optional(Type.String()),
    values: Type.Optional(Type.Array(Type.String())),
  }),
  operations: { read: readHeader, update: writeHeader, delete: removeHeader },
})

async function readHeader({ fields }: HeaderRequest, { services }: Context): Promise<Reply> {
  const all = await services.operations.settings.readUiHeaders()
  const wanted = fields.header.toLowerCase()
  const values = Object.entries(all).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? []
  if (values.length === 0) throw notFound()
  return { data: fields.multivalue ? { values } : { value: values[0] } }
}

async function writeHeader({ fields }: HeaderRequest, { services }: Context): Promise<Reply | undefined> {
  const { operations } = services
  const { header, values } = fields
  const name = header.toLowerCase()
  if (values.length === 0) throw invalid('header and values must be specified')
  if (name.startsWith('x-vault-')) throw invalid('X-Vault headers cannot be set')
  if (!HEADER_NAME.test(header)) throw invalid('this is no header name')
  if (values.length > LIST_MAX || !values.every((value) => HEADER_VALUE.test(value))) {
    throw invalid('a header value is text of one line')
  }
  if (operations.configuredHeaders().has(name)) {
    throw invalid('This header already exists in the server configuration and cannot be set in the UI.')
  }
  await operations.settings.writeUiHeader(header, values)
  if (name !== 'content-security-policy') return undefined
  return { warnings: ['overriding default Content-Security-Policy which is secure by default, proceed with caution'] }
}

async function removeHeader({ fields }: HeaderRequest, { services }: Context): Promise<undefined> {
  await services.operations.settings.writeUiHeader(fields.header, [])
}
