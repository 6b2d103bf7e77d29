import { expect, test } from 'vitest'
import { systemRandom } from '../../crypto/random.ts'
import { KeptLog } from '../../test/rest/serve.ts'
import type { GrpcListenerConfig } from '../config/types.ts'
import { SealState } from '../grpc/seal-watch.ts'
import type { GrpcServices } from '../grpc/transcode.ts'
import { InFlight } from '../rest/in-flight.ts'
import { openGrpcListeners } from './index.ts'

const log = new KeptLog()
const services: GrpcServices = {
  core: { handle: () => Promise.reject(new Error('nobody asks')) },
  clock: { now: () => 0 },
  random: systemRandom,
  log,
  inFlight: new InFlight(1),
  observe: () => {},
  refused: () => {},
  monotonicMs: () => 0,
}

test('the address of a listener is a URL, also that of an IPv6 address', async () => {
  const at = (host: string): GrpcListenerConfig => ({ type: 'grpc', host, port: 0, tls: undefined, isOptional: true })
  const listeners = await openGrpcListeners([at('127.0.0.1'), at('::1')], services, new SealState(), log)
  try {
    expect(listeners.addresses).toEqual([
      expect.stringMatching(/^grpc:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^grpc:\/\/\[::1\]:\d+$/),
    ])
  } finally {
    await listeners.close(0)
  }
})
