import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SeededRandom } from '../harness/random.ts'
import { startUnsealed } from '../harness/server.ts'
import { fill, get, operatorOf, put } from './backup.ts'
import { RESTORE, sendSnapshot } from './restoring.ts'

const ROUNDS = 6

test('a restore that is killed at any moment leaves the whole of the old vault, or of the new', {
  timeout: 240_000,
}, async () => {
  const seed = Number(process.env.EGIDE_TEST_SEED ?? Date.now())
  const random = new SeededRandom(seed)
  const server = await startUnsealed()
  const shell = operatorOf(server)
  try {
    await put(server, 'a-first', 'then')
    const secrets = await fill(server, 12, 400_000)
    await put(server, 'z-last', 'then')
    const { bytes: snapshot } = await server.call('GET', RESTORE)
    const begun = Date.now()
    expect(await sendSnapshot(server, RESTORE, snapshot)).toBe(204)
    const wholeMs = Date.now() - begun
    let news = 0
    for (let round = 0; round < ROUNDS; round++) {
      await put(server, 'a-first', `after ${round}`)
      await put(server, 'z-last', `after ${round}`)
      const restoring = sendSnapshot(server, RESTORE, snapshot).catch(() => undefined)
      await sleep(random.next() * wholeMs * 1.1)
      await server.kill9()
      const status = await restoring
      await server.start()
      await server.unseal()
      const first = await get(server, 'a-first')
      expect([first, await get(server, 'z-last')]).toEqual([first, first])
      expect(status === 204 ? ['then'] : ['then', `after ${round}`]).toContain(first)
      if (first === 'then') news++
    }
    console.log(`seed ${seed}: ${ROUNDS} restores killed, ${news} left the new vault`)
    for (const [name, value] of secrets) expect(await get(server, name)).toBe(value)
    expect((await shell.run(['storage', 'check'])).stdout).toMatch(/ 0 damaged/)
  } finally {
    shell.remove()
    await server.remove()
  }
})
