import type { Reader } from '../../../../storage/store.ts'
import { hasSecret } from './clients.ts'
import type { Client } from './documents.ts'
import { Refusal, textOf } from './oauth.ts'
import { clientWithId } from './stored.ts'

/**
 * Who asks at the token endpoint: by `client_secret_basic`, `client_secret_post`, or `none` of a public client (OpenID
 * Connect Core 1.0, section 9).
 */

const MAX_CHARS = 256

export interface ClientFields {
  readonly client_id: unknown
  readonly client_secret: unknown
}

/** Throws Refusal; of a client that is not there as of a wrong secret. */
export async function authenticated(
  fields: ClientFields,
  authorization: string | undefined,
  reader: Pick<Reader, 'get'>,
): Promise<Client> {
  const { id, secret } = credentialsOf(fields, authorization)
  const client = await clientWithId(reader, id)
  if (client === undefined || (client.type === 'confidential' && !hasSecret(client, secret)))
    throw new Refusal('invalid_client', 'client failed to authenticate')
  return client
}

interface Credentials {
  readonly id: string
  readonly secret: string
}

function credentialsOf(fields: ClientFields, authorization: string | undefined): Credentials {
  const id = textOf(fields.client_id, 'client_id', MAX_CHARS)
  const secret = textOf(fields.client_secret, 'client_secret', MAX_CHARS)
  const basic = basicOf(authorization)
  if (basic === undefined) {
    if (id === '') throw new Refusal('invalid_request', 'client_id parameter is required')
    return { id, secret }
  }
  // RFC 6749, section 2.3: a client has one way to say who it is.
  if (secret !== '' || (id !== '' && id !== basic.id))
    throw new Refusal('invalid_request', 'the client says twice who it is')
  return basic
}

/** RFC 7617, with both parts form-encoded before, as RFC 6749 asks in section 2.3.1 and not all clients do. */
function basicOf(authorization: string | undefined): Credentials | undefined {
  const [, encoded] = /^basic +(.+)$/i.exec(authorization ?? '') ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0 || text.length > 6 * MAX_CHARS) throw new Refusal('invalid_client', 'client failed to authenticate')
  return { id: decoded(text.slice(0, colon)), secret: decoded(text.slice(colon + 1)) }
}

/** Ids and secrets have no character that means something else when it is not encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
