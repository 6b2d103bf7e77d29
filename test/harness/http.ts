import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'

/** A reply as it came: `body` is the parsed JSON, or undefined for an empty or unparsable one. */
export interface Reply {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  /** The body as it came. */
  readonly bytes: Buffer
  readonly body: JsonObject | undefined
}

// What a test reads out of a reply is checked by what it expects of it, not by the compiler.
export type JsonObject = { readonly [key: string]: Json }
export type Json = string | number | boolean | null | readonly Json[] | JsonObject | undefined

export interface CallOptions {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly caFile?: string | undefined
  readonly agent?: http.Agent
  readonly timeoutMs?: number
}

/** One request. Rejects when no whole reply came: the caller cannot know whether the request took effect. */
export function call(method: string, url: string, options: CallOptions = {}): Promise<Reply> {
  const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body))
  const headers: Record<string, string | number> = { ...options.headers }
  if (options.token !== undefined) headers['x-vault-token'] = options.token
  if (body !== undefined) {
    headers['content-type'] ??= 'application/json'
    headers['content-length'] = body.length
  }
  const secure = url.startsWith('https:')
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(url, {
      method,
      headers,
      timeout: options.timeoutMs ?? 30_000,
      ...(options.agent === undefined ? {} : { agent: options.agent }),
      ...(options.caFile === undefined ? {} : { ca: readFileSync(options.caFile) }),
    })
    request.on('timeout', () => request.destroy(new Error(`${method} ${url} timed out`)))
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('aborted', () => reject(new Error(`${method} ${url} was cut off`)))
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const text = bytes.toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, bytes, body: parsed(text) })
      })
    })
    request.end(body)
  })
}

/** The value below `keys`, or undefined where the path ends early. */
export function at(value: Json, ...keys: string[]): Json {
  let here: Json = value
  for (const key of keys) {
    if (typeof here !== 'object' || here === null || Array.isArray(here)) return undefined
    here = (here as JsonObject)[key]
  }
  return here
}

function parsed(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return undefined
  }
}
