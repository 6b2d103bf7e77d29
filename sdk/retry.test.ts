import { expect, test } from 'vitest'
import { ApiError, type Refusal, TransportError } from './errors.ts'
import { type RetrySettings, retriesOf, retrying } from './retry.ts'

const asked = { method: 'GET', url: 'http://x/v1/y', namespace: '' } as const
const refused = (refusal: Refusal) => new ApiError(asked, refusal)
const busy = refused({ status: 429, code: 'rate_limited' })
const sealed = refused({ status: 503, code: 'sealed' })
const broken = new TransportError('unreachable', 'refused', { transient: true })

/** Tries that fail with these errors, one after the other, and then succeed. What was waited in between is told. */
async function tries(errors: readonly Error[], settings: RetrySettings & { safe?: boolean; chance?: number } = {}) {
  const waits: number[] = []
  const sleep = async (ms: number) => void waits.push(ms)
  const retries = retriesOf(settings, { sleep, clock: { random: () => settings.chance ?? 0.5 } })
  const left = [...errors]
  let made = 0
  const attempt = async () => {
    made++
    const error = left.shift()
    if (error !== undefined) throw error
    return 'done'
  }
  const outcome = await retrying(retries, settings.safe ?? true, undefined, attempt).catch((error: unknown) => error)
  return { outcome, waits, made }
}

test('what may pass by itself is tried again, after a random part of a doubling wait', async () => {
  const { outcome, waits } = await tries([busy, sealed, broken], { maxRetries: 3, firstWaitMs: 100 })
  expect(outcome).toBe('done')
  expect(waits).toEqual([50, 100, 200])
  expect((await tries([busy], { chance: 0 })).waits).toEqual([0])
  expect((await tries([busy, busy, busy], { maxRetries: 3, firstWaitMs: 100, maxWaitMs: 150 })).waits).toEqual([
    50, 75, 75,
  ])
})

test('what is not safe to repeat is tried once, whatever it failed of', async () => {
  for (const error of [busy, sealed, broken]) {
    expect(await tries([error], { safe: false })).toEqual({ outcome: error, waits: [], made: 1 })
  }
})

test('what does not pass by itself is not tried again', async () => {
  const never = [
    refused({ status: 400, code: 'invalid_request' }),
    refused({ status: 403, code: 'permission_denied' }),
    refused({ status: 500, code: 'internal' }),
    new TransportError('unreachable', 'the certificate is not trusted'),
    new TransportError('timeout', 'late'),
    new TypeError('a fault'),
  ]
  for (const error of never) expect(await tries([error])).toEqual({ outcome: error, waits: [], made: 1 })
})

test('the last error is what is told when tries are used up', async () => {
  const { outcome, made } = await tries([busy, busy, sealed], { maxRetries: 2 })
  expect([outcome, made]).toEqual([sealed, 3])
  expect((await tries([busy], { maxRetries: 0 })).made).toBe(1)
})

test('a server that says when is not asked sooner, and not at all when that is too long', async () => {
  const soon = refused({ status: 429, code: 'rate_limited', retryAfterSeconds: 2 })
  expect((await tries([soon])).waits).toEqual([2000])
  const late = refused({ status: 503, code: 'unavailable', retryAfterSeconds: 11 })
  expect(await tries([late])).toMatchObject({ outcome: late, waits: [] })
})

test('an abort ends the waiting', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const retries = retriesOf({ firstWaitMs: 60_000, maxWaitMs: 60_000 }, { clock: { random: () => 1 } })
  const waiting = retrying(retries, true, controller.signal, async () => {
    setImmediate(() => controller.abort(reason))
    throw busy
  })
  await expect(waiting).rejects.toBe(reason)
})
