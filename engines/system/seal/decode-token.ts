import Type from 'typebox'
import { type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'

const fields = {
  encoded_token: field.text({ default: '', description: 'What `generate-root` answered, in base64 without padding.' }),
  otp: field.text({ default: '', description: 'The one-time password of the attempt.' }),
}

/** Needs no token: whoever makes a root token has none yet, and it knows nothing that the caller has not sent. */
export const decodeToken = route('decode-token', {
  summary: 'The token that a root generation encoded with a one-time password',
  fields,
  access: 'none',
  returns: Type.Object({ token: Type.String() }),
  operations: { update: { pure: true, handler: decode } },
})

async function decode({ fields: { encoded_token: encoded, otp } }: EngineRequest<typeof fields>): Promise<Reply> {
  if (encoded === '' || otp === '') throw invalid("provided 'encoded_token' or 'otp' is empty")
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw invalid('encoded_token is not base64')
  const token = Buffer.from(encoded, 'base64')
  const pad = Buffer.from(otp, 'utf8')
  if (token.length !== pad.length) throw invalid('encoded_token and otp are not of the same length')
  for (const [at, byte] of pad.entries()) token[at] = (token[at] ?? 0) ^ byte
  return { data: { token: token.toString('latin1') } }
}
