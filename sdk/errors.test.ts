import { expect, test } from 'vitest'
import { type Code, EgideError } from '../engines/errors.ts'
import { httpStatusOf } from '../server/core/http-status.ts'
import { codeOfStatus, isErrorCode, STATUS } from './errors.ts'

/** A code that the server gets is missing here until it is written down, which the compiler sees. */
const CODES: Readonly<Record<Code, true>> = {
  invalid_request: true,
  permission_denied: true,
  not_found: true,
  unsupported_operation: true,
  unsupported_media_type: true,
  conflict: true,
  in_use: true,
  too_large: true,
  timeout: true,
  rate_limited: true,
  sealed: true,
  not_initialized: true,
  unavailable: true,
  internal: true,
}

test('the client knows the codes of the server, each with the status that it has there', () => {
  expect(Object.keys(STATUS).filter(isErrorCode).sort()).toEqual(Object.keys(CODES).sort())
  for (const code of Object.keys(CODES) as Code[])
    expect(STATUS[code], code).toBe(httpStatusOf(new EgideError(code, '')))
})

test('of servers that tell no code the status says it', () => {
  const told = [400, 403, 404, 405, 409, 418, 429, 500, 502, 503].map(codeOfStatus)
  expect(told).toEqual([
    'invalid_request',
    'permission_denied',
    'not_found',
    'unsupported_operation',
    'invalid_request',
    'invalid_request',
    'rate_limited',
    'internal',
    'internal',
    'unavailable',
  ])
})
