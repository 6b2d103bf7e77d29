import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import { listed, pageFields, pageOf } from '../listing.ts'
import { AWS_CREDENTIALS, type AwsCredential, awsCredential, awsCredentialCodec } from './aws-credential.ts'
import type { KmsServices } from './services.ts'

const DESCRIPTION_MAX_CHARS = 512
const POLICIES_MAX = 64
/** As long as AWS's: 40 characters of base64. */
const SECRET_BYTES = 30

const fields = {
  policies: field.list({
    default: [],
    description: 'Policies of its requests. Needed; without sudo, only of your own.',
  }),
  description: field.text({ default: '', description: 'Who or what it is for.' }),
  ttl: field.duration({ default: 0, description: 'How long it is good for; 0: until it is deleted.' }),
}
const named = { access_key_id: field.text({ required: true, description: 'Names the credential.' }) }

type CreateRequest = EngineRequest<typeof fields>
type NamedRequest = EngineRequest<typeof named>
type Context = EngineContext<KmsServices>

const Shown = {
  access_key_id: Type.String(),
  policies: Type.Array(Type.String()),
  description: Type.String(),
  created: Type.String({ format: 'date-time' }),
  expires: Type.Optional(Type.String({ format: 'date-time', description: 'Absent: it is good until it is deleted.' })),
}
const Read = Type.Object({ ...Shown, valid: Type.Boolean({ description: 'False once its token was revoked.' }) })
const Created = Type.Object({
  ...Shown,
  secret_access_key: Type.String({ description: 'Shown this once.' }),
})

const auditClear = ['policies', 'description', 'ttl', 'access_key_id', 'created', 'expires', 'valid']

export const awsCredentials = route('aws-credentials', {
  summary: 'Credentials with which AWS clients use this mount',
  description:
    'Makes an access key for clients of the AWS KMS protocol. Its requests are judged by the policies that it is given, ' +
    'as those of a token are.',
  fields: { ...fields, ...pageFields },
  auditClear,
  operations: {
    update: { handler: create, returns: Created },
    list: async ({ fields: page }, { store }: Context) => listed(await store.list(AWS_CREDENTIALS, pageOf(page))),
  },
})

export const awsCredentialNamed = route('aws-credentials/:access_key_id', {
  summary: 'One credential for AWS clients',
  fields: named,
  auditClear,
  operations: { read: { handler: read, returns: Read }, delete: remove },
})

async function create(request: CreateRequest, context: Context): Promise<Reply> {
  const { services, mount, clock, random } = context
  const { policies, description, ttl } = request.fields
  if (policies.length > POLICIES_MAX) throw invalid(`policies must be at most ${POLICIES_MAX}`)
  if (description.length > DESCRIPTION_MAX_CHARS)
    throw invalid(`description is longer than ${DESCRIPTION_MAX_CHARS} characters`)
  if (ttl < 0) throw invalid('ttl must not be negative')
  const accessKeyId = services.accessKeys.newId()
  const secret = random.bytes(SECRET_BYTES).toString('base64')
  let made: AwsCredential | undefined
  const warnings = await services.accessKeys.issue({
    accessKeyId,
    mount,
    by: request.token,
    sudo: request.sudo,
    policies,
    ttlSeconds: ttl,
    async keep(tx, { token, ...issued }) {
      const path = AWS_CREDENTIALS + accessKeyId
      if ((await tx.get(path, awsCredentialCodec)) !== undefined) throw invalid('the access key id is taken; try again')
      made = {
        ...issued,
        secret: Buffer.from(secret),
        token: Buffer.from(token),
        description,
        createdMs: clock.now(),
      }
      tx.put(path, made, awsCredentialCodec, { expiresAtMs: issued.expiresAtMs || undefined })
    },
  })
  if (made === undefined) throw new Error('a credential was made that is not kept')
  return {
    data: { ...shown(accessKeyId, made), secret_access_key: secret },
    warnings,
    takeBack: () => removeNamed(accessKeyId, context),
  }
}

async function read({ fields: { access_key_id: id } }: NamedRequest, { store, services }: Context): Promise<Reply> {
  const found = await awsCredential(store, id)
  if (found === undefined) throw notFound()
  return { data: { ...shown(id, found), valid: await services.accessKeys.lives(found.accessor) } }
}

function remove({ fields: { access_key_id: id } }: NamedRequest, context: Context): Promise<undefined> {
  return removeNamed(id, context)
}

/** The token goes first: should the rest not happen, the credential is of no use, and can be deleted again. */
async function removeNamed(id: string, { store, services }: Context): Promise<undefined> {
  const found = await awsCredential(store, id)
  if (found === undefined) return
  await services.accessKeys.revoke(found.accessor)
  await store.transaction(async (tx) => tx.delete(AWS_CREDENTIALS + id))
}

function shown(accessKeyId: string, credential: AwsCredential): Readonly<Record<string, unknown>> {
  const { policies, description, createdMs, expiresAtMs } = credential
  return {
    access_key_id: accessKeyId,
    policies,
    description,
    created: new Date(createdMs).toISOString(),
    ...(expiresAtMs !== 0 && { expires: new Date(expiresAtMs).toISOString() }),
  }
}
