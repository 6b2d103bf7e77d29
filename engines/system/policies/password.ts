import Type from 'typebox'
import { type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed } from '../../listing.ts'
import type { Context } from './acl-fields.ts'
import { policyText } from './policy-text.ts'

/** `sys/policies/password`: rules that passwords are made by. */

const nameField = field.text({ required: true, description: 'Name of the password policy.' })
const fields = {
  name: nameField,
  policy: field.text({ default: '', description: 'Length and rules, as HCL or JSON, or that in base64.' }),
}
type PasswordRequest = EngineRequest<typeof fields>
type GenerateRequest = EngineRequest<{ name: typeof nameField }>

export const passwordPolicies = route('policies/password', {
  summary: 'Names of the password policies',
  fields: {},
  auditClear: ['keys'],
  returns: Type.Object({ keys: Type.Array(Type.String()) }),
  operations: { list: listPolicies },
})

export const passwordPolicy = route('policies/password/:name*', {
  summary: 'A password policy',
  fields,
  auditClear: ['name'],
  operations: {
    read: {
      handler: readPolicy,
      returns: Type.Object({ policy: Type.String() }),
      summary: 'Read a password policy',
    },
    update: { handler: writePolicy, summary: 'Write or replace a password policy' },
    delete: { handler: deletePolicy, summary: 'Delete a password policy' },
  },
})

export const generatedPassword = route('policies/password/:name*/generate', {
  summary: 'Make a password',
  fields: { name: nameField },
  auditClear: ['name'],
  returns: Type.Object({ password: Type.String() }),
  operations: { read: generate },
})

async function listPolicies(_request: EngineRequest, { services }: Context): Promise<Reply> {
  return listed(await services.passwordPolicies.names())
}

async function readPolicy(request: PasswordRequest, { services }: Context): Promise<Reply> {
  return { data: { policy: present(await services.passwordPolicies.get(request.fields.name)) } }
}

async function writePolicy(request: PasswordRequest, { services }: Context): Promise<undefined> {
  const { name, policy } = request.fields
  if (policy === '') throw invalid('missing policy')
  await services.passwordPolicies.put(name, policyText(policy))
}

async function deletePolicy(request: PasswordRequest, { services }: Context): Promise<undefined> {
  await services.passwordPolicies.delete(request.fields.name)
}

async function generate(request: GenerateRequest, { services }: Context): Promise<Reply> {
  return { data: { password: present(await services.passwordPolicies.generate(request.fields.name)) } }
}

function present(text: string | undefined): string {
  if (text === undefined) throw notFound('policy does not exist')
  return text
}
