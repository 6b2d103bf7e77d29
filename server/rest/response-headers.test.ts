import { expect, test } from 'vitest'
import { responseHeaders } from './response-headers.ts'

const CONSTANT = ['Cache-Control', 'no-store', 'Content-Type', 'application/json']

test('the constant ones, and HSTS over TLS alone', () => {
  expect(responseHeaders(false, {})(200)).toEqual(CONSTANT)
  expect(responseHeaders(true, {})(200)).toEqual([...CONSTANT, 'Strict-Transport-Security', expect.any(String)])
})

test('the more specific entry wins, whatever the case of its name, and none stands twice', () => {
  const custom = {
    default: { 'X-A': 'default', 'strict-transport-security': 'max-age=1' },
    '4xx': { 'x-a': 'class' },
    '404': { 'X-A': 'status' },
  }
  const headersFor = responseHeaders(true, custom)
  expect(headersFor(200)).toEqual([...CONSTANT, 'strict-transport-security', 'max-age=1', 'X-A', 'default'])
  expect(headersFor(400).slice(-2)).toEqual(['x-a', 'class'])
  expect(headersFor(404).slice(-2)).toEqual(['X-A', 'status'])
})
