import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { corsHeaders } from './cors.ts'

test('a page of another origin may name its namespace, though the settings do not show that', () => {
  const message = new IncomingMessage(new Socket())
  message.method = 'OPTIONS'
  message.headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' }
  const settings = { allowedOrigins: ['*'], allowedHeaders: ['X-A'], allowCredentials: false }
  const headers = corsHeaders(settings, message)
  expect(headers[headers.indexOf('Access-Control-Allow-Headers') + 1]).toBe('X-Vault-Namespace,X-A')
})
