import { ProgramEnded } from '../../cel/thread.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { issuerNamed } from '../issuers/find.ts'
import { CertificateReply } from '../issuing/formats.ts'
import { checkKey, type LeafKey } from '../issuing/leaf.ts'
import { issuedReply } from '../issuing/routes.ts'
import { leafKey } from '../keys.ts'
import { DEFAULT_ROLE } from '../roles/role.ts'
import { keySpec } from '../x509/algorithms.ts'
import { parseRequestDer, requestDerIn } from '../x509/csr.ts'
import type { GivenKey } from '../x509/given-key.ts'
import type { Evaluation } from './evaluate.ts'
import { celOrder } from './order.ts'
import type { MadeOutput } from './output.ts'
import { csrFields } from './parsed-csr.ts'
import { programs } from './programs.ts'
import { celRoleNamed } from './roles.ts'

/** Certificates that programs decide about: https://openbao.org/api-docs/secret/pki/#generate-certificate-and-key-against-cel-role */

const forProgram = (what: string): string => `${what}. The program decides whether it counts.`

const commonFields = {
  role: field.name({ required: true, description: 'Name of the role' }),
  ttl: field.duration({ default: 0, description: forProgram('How long it is to be valid') }),
  not_after: field.text({ default: '', description: forProgram('When it is to end (RFC 3339)') }),
  not_before: field.text({ default: '', description: forProgram('When it is to begin (RFC 3339)') }),
  not_before_duration: field.duration({
    default: 30,
    description: forProgram('How long before it is made it is to begin'),
  }),
  signature_bits: field.int({ default: 0, description: forProgram('Bits of the hash that is signed') }),
  use_pss: field.bool({ default: false, description: forProgram('RSA issuers sign with PSS padding') }),
  remove_roots_from_chain: field.bool({ default: false, description: 'The chain ends before its root' }),
}
const issueFields = {
  ...commonFields,
  key_type: field.text({ default: '', description: forProgram('Kind of key') }),
  key_bits: field.int({ default: 0, description: forProgram('Size of the key') }),
}
const signFields = { ...commonFields, csr: field.text({ required: true, description: 'The request, in PEM' }) }
type CommonRequest = EngineRequest<typeof commonFields>

/** Of the body what has a meaning; the rest may be anything. */
const CLEAR = [...Object.keys(issueFields), 'issuing_ca', 'serial_number', 'expiration', 'private_key_type']

/** A long one could take more memory than the thread of the programs has. */
const REQUEST_MAX_CHARS = 262_144

const DESCRIPTION = 'The program sees all of the body as `request`, fields that are not named here too.'

export const celLeafRoutes: readonly Route[] = [
  route('cel/issue/:role', {
    summary: 'Make a key and a certificate for it, as a program decides',
    description: DESCRIPTION,
    fields: issueFields,
    returns: CertificateReply,
    auditClear: CLEAR,
    freeForm: true,
    operations: { update: issueByProgram },
  }),
  route('cel/sign/:role', {
    summary: 'Sign the request of who holds a key already, as a program decides',
    description: DESCRIPTION,
    fields: signFields,
    returns: CertificateReply,
    auditClear: CLEAR,
    freeForm: true,
    operations: { update: signByProgram },
  }),
]

async function issueByProgram(request: EngineRequest<typeof issueFields>, context: EngineContext): Promise<Reply> {
  const output = await outputOf(request, {}, context)
  const spec = keySpec(output.key_type || 'rsa', Number(output.key_bits ?? 0))
  return certificateOf(request, output, async () => ({ spec, ...(await leafKey(spec, context)) }), context)
}

async function signByProgram(request: EngineRequest<typeof signFields>, context: EngineContext): Promise<Reply> {
  const der = requestDerIn(request.fields.csr)
  const asked = parseRequestDer(der)
  checkKey({ ...DEFAULT_ROLE, keyType: 'any' }, asked.spec)
  const output = await outputOf(request, { csr: csrFields(der, asked) }, context)
  return certificateOf(request, output, async () => ({ ...asked, key: undefined }), context)
}

/** What the role's program makes of the request. Throws `invalid_request` with what the program says where it refuses. */
async function outputOf(
  { fields, data }: CommonRequest,
  csr: Pick<Evaluation, 'csr'>,
  { store, clock }: EngineContext,
): Promise<MadeOutput> {
  if (fields.ttl !== 0 && fields.not_after !== '') {
    throw invalid('Either ttl or not_after should be provided. Both should not be provided in the same request.')
  }
  const role = await celRoleNamed(store, fields.role)
  if (role === undefined) throw invalid(`unknown CEL role: ${fields.role}`)
  const request = JSON.stringify({ ...data, role: fields.role })
  if (request.length > REQUEST_MAX_CHARS) throw invalid(`the request holds more than ${REQUEST_MAX_CHARS} characters`)
  try {
    const verdict = await programs.run({ program: role.program, request, ...csr, nowMs: clock.now() })
    if ('refusal' in verdict) throw invalid(verdict.refusal)
    return verdict.output
  } catch (error) {
    if (error instanceof ProgramEnded) throw invalid(`the program of the role was ended: ${error.message}`)
    throw error
  }
}

type HeldKey = LeafKey & { readonly key: GivenKey | undefined }

async function certificateOf(
  { fields }: CommonRequest,
  output: MadeOutput,
  key: () => Promise<HeldKey>,
  context: EngineContext,
): Promise<Reply> {
  const issuer = await issuerNamed(context.store, output.issuer_ref || 'default')
  const held = await key()
  try {
    const asked = { roleName: fields.role, key: held, isRequest: held.key === undefined, issuer }
    const leaf = celOrder(output, asked, context.clock.now())
    const { generateLease } = leaf
    return await issuedReply(leaf, issuer, { fields: { ...fields, ...AS_PEM }, key: held.key, generateLease }, context)
  } finally {
    held.key?.forget()
  }
}

const AS_PEM = { format: 'pem', private_key_format: 'der' }
