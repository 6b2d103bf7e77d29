import { createHash, createHmac } from 'node:crypto'
import http from 'node:http'
import { basicTime } from '../../server/aws/signature.ts'
import type { JsonObject } from '../harness/http.ts'

/** What an AWS client does for one request, each part of it to be changed by a test. */
export interface Signing {
  readonly accessKeyId: string
  readonly secret: string
  readonly region: string
  readonly service: string
  readonly timeMs: number
  /** After TrentService. */
  readonly operation: string
  readonly body: string
  readonly signedHeaders: readonly string[]
  /** Added before it is signed. */
  readonly headers: Readonly<Record<string, string>>
}

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  body: string
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

export const ALWAYS = ['content-type', 'host', 'x-amz-date', 'x-amz-target']

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function signed(address: string, signing: Signing): Sent {
  const { accessKeyId, secret, region, service, timeMs, operation, body, signedHeaders } = signing
  const time = basicTime(timeMs)
  const day = time.slice(0, 8)
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.1',
    host: new URL(address).host,
    'x-amz-date': time,
    'x-amz-target': `TrentService.${operation}`,
    ...signing.headers,
  }
  const names = [...signedHeaders].sort()
  const canonicalHeaders = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const canonical = `POST\n/aws/kms/\n\n${canonicalHeaders}\n${names.join(';')}\n${sha256(body)}`
  const scope = `${day}/${region}/${service}/aws4_request`
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request')
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).toString('hex')
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { method: 'POST', path: '/aws/kms/', headers, body }
}

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: JsonObject
}

export function send(address: string, { method, path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address)
    const request = http.request({ method, path, headers, hostname, port, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('error', reject)
      response.on('end', () => {
        const parsed = text === '' ? {} : (JSON.parse(text) as JsonObject)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
