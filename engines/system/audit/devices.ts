import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { AuditServices } from '../services/audit.ts'

type Context = EngineContext<AuditServices>

const Device = Type.Object({
  path: Type.String({ description: "The device's name, with a '/' at its end." }),
  type: Type.String({ description: 'file, stdout, syslog, socket or http.' }),
  description: Type.String(),
  local: Type.Boolean(),
  options: Type.Record(Type.String(), Type.String()),
})

const path = field.text({ required: true, description: 'Name of the device, such as file.' })

export const devices = route('audit', {
  summary: 'The enabled audit devices',
  fields: {},
  access: 'sudo',
  returns: Type.Record(Type.String(), Device),
  operations: { read: listDevices },
})

async function listDevices(_request: EngineRequest, { services }: Context): Promise<Reply> {
  const data: Record<string, unknown> = {}
  for (const { path, type, description, local, options } of await services.audit.list())
    data[path] = { path, type, description, local, options }
  return { data, topLevel: true }
}

const deviceFields = {
  path,
  type: field.text({ default: '', description: 'Type of the device: file, stdout, syslog, socket or http.' }),
  description: field.text({ default: '', description: 'What the device is for.' }),
  local: field.bool({ default: false, description: 'Kept and shown; devices are never replicated.' }),
  options: field.stringMap({ default: {}, description: 'Options of the device, such as file_path.' }),
}

export const device = route('audit/:path*', {
  summary: 'Enable or disable an audit device',
  description:
    'No request is served unless every required device has its records. Enabling writes a test record through the device.',
  fields: deviceFields,
  access: 'sudo',
  // Options stay hashed: the headers of an http device may hold a password.
  auditClear: ['path', 'type', 'description', 'local'],
  operations: { update: enableDevice, delete: disableDevice },
})

async function enableDevice({ fields }: EngineRequest<typeof deviceFields>, { services }: Context): Promise<undefined> {
  const { type, description, local, options } = fields
  await services.audit.enable(fields.path, { type, description, local, options })
}

async function disableDevice(
  { fields }: EngineRequest<typeof deviceFields>,
  { services }: Context,
): Promise<undefined> {
  await services.audit.disable(fields.path)
}

const hashFields = {
  path,
  input: field.text({ default: '', description: "What to hash with the device's salt." }),
}

export const hash = route('audit-hash/:path*', {
  summary: 'How records of a device show a value',
  fields: hashFields,
  auditClear: ['path'],
  returns: Type.Object({ hash: Type.String({ description: "'hmac-sha256:' and the HMAC in hex." }) }),
  operations: { update: { handler: hashInput, pure: true } },
})

async function hashInput({ fields }: EngineRequest<typeof hashFields>, { services }: Context): Promise<Reply> {
  if (fields.input === '') throw invalid('the "input" parameter is empty')
  return { data: { hash: await services.audit.hash(fields.path, fields.input) }, topLevel: true }
}
