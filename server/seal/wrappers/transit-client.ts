import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { zeroize } from '../../../crypto/zeroize.ts'
import { EgideError } from '../../../engines/errors.ts'
import { serverNameOptions } from '../../../sdk/tls.ts'
import { ConfigError, type TransitSealConfig } from '../../config/types.ts'
import { readSecret } from './secret-source.ts'

/** A call takes no longer than this, connecting included. */
const CALL_MAX_MS = 10_000
const REPLY_MAX_BYTES = 65_536
/** How much of another server's words goes into ours. */
const WORDS_MAX_CHARS = 300

type JsonObject = Readonly<Record<string, unknown>>

/** A refusal by the other server; everything else that goes wrong is an EgideError alone. */
export class TransitRefusal extends EgideError {
  readonly status: number
  constructor(message: string, status: number) {
    super('unavailable', message)
    this.status = status
  }
}

/** Speaks to the server that holds the key. A new connection each time: calls are few, and files may have changed. */
export class TransitClient {
  readonly #config: TransitSealConfig

  /** Throws ConfigError for files that can't be read. */
  constructor(config: TransitSealConfig) {
    this.#config = config
    this.#tlsOptions()
    zeroize(readSecret(config.token, TOKEN))
  }

  /** POSTs `body`. Rejects with an EgideError that names the server and says why, and holds no secret. */
  async post(path: string, body: JsonObject): Promise<JsonObject> {
    const { status, text } = await this.#send(path, Buffer.from(JSON.stringify(body))).catch((error: unknown) => {
      // A file that was there at the start.
      throw error instanceof ConfigError ? new EgideError('unavailable', error.message) : error
    })
    const reply = objectOf(text)
    if (status === 200 && reply !== undefined) return reply
    const errors = Array.isArray(reply?.errors) ? reply.errors.filter((error) => typeof error === 'string') : []
    const said = errors.length === 0 ? '' : `: ${errors.join('; ').slice(0, WORDS_MAX_CHARS)}`
    throw new TransitRefusal(this.#message(`${path} answered ${status}${said}`), status)
  }

  #message(what: string): string {
    return `seal "transit" at ${this.#config.address}: ${what}`
  }

  async #send(path: string, body: Buffer): Promise<{ status: number; text: string }> {
    const { address, namespace } = this.#config
    const token = readSecret(this.#config.token, TOKEN)
    const headers: Record<string, string | number> = {
      'content-type': 'application/json',
      'content-length': body.length,
      'x-vault-request': 'true',
      'x-vault-token': token.toString('latin1').trim(),
      ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
    }
    zeroize(token)
    const signal = AbortSignal.timeout(CALL_MAX_MS)
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        const why = signal.aborted ? `no answer within ${CALL_MAX_MS / 1000} seconds` : reasonOf(error)
        reject(new EgideError('unavailable', this.#message(why)))
      }
      const { request } = address.startsWith('https:') ? https : http
      const sent = request(
        `${address}/v1/${path}`,
        { method: 'POST', headers, agent: false, signal, ...this.#tlsOptions() },
        (reply) => {
          const chunks: Buffer[] = []
          let bytes = 0
          reply.on('data', (chunk: Buffer) => {
            bytes += chunk.length
            if (bytes > REPLY_MAX_BYTES) sent.destroy(new Error('the answer is too long'))
            else chunks.push(chunk)
          })
          reply.on('error', fail)
          reply.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            zeroize(...chunks)
            resolve({ status: reply.statusCode ?? 0, text })
          })
        },
      )
      sent.on('error', fail)
      // Without a listener neither an answer nor an error would come, and the signal would end nothing.
      sent.on('upgrade', (_reply, socket) => {
        socket.destroy()
        fail(new Error('the answer changes to another protocol'))
      })
      sent.end(body, () => zeroize(body))
    })
  }

  #tlsOptions(): https.RequestOptions {
    const { address, tls } = this.#config
    if (!address.startsWith('https:')) return {}
    return {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: !tls.insecureSkipVerify,
      ...(tls.serverName !== undefined && serverNameOptions(tls.serverName)),
      ...(tls.caFile !== undefined && { ca: fileOf(tls.caFile, 'tls_ca_cert') }),
      ...(tls.client !== undefined && {
        cert: fileOf(tls.client.certFile, 'tls_client_cert'),
        key: fileOf(tls.client.keyFile, 'tls_client_key'),
      }),
    }
  }
}

const TOKEN = 'seal "transit": token'

function fileOf(file: string, option: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new ConfigError(`seal "transit": ${option}: ${file} can't be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the call failed'
  const { code } = error as NodeJS.ErrnoException
  return error.message === '' ? `the call failed (${code})` : error.message
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}
