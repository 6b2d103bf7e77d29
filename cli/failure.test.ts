import { expect, test } from 'vitest'
import { TransportError } from '../sdk/errors.ts'
import { Failure, remote } from './failure.ts'

async function unreached(code: string): Promise<boolean> {
  const cause = Object.assign(new Error('the request failed'), { code })
  const error = await remote('', Promise.reject(new TransportError('unreachable', 'no answer', { cause }))).catch(
    (failure: unknown) => failure,
  )
  if (!(error instanceof Failure)) throw new Error('what failed is no Failure')
  return error.unreached
}

test('a server whose certificate is not trusted was reached', async () => {
  expect(await unreached('ECONNREFUSED')).toBe(true)
  expect(await unreached('DEPTH_ZERO_SELF_SIGNED_CERT')).toBe(false)
})
