import { expect, test } from 'vitest'
import { json } from '../../../storage/codec.ts'
import { memoryStore } from '../../../test/harness/rows.ts'
import { type AcmeConfig, acmeRows, configCodec } from './documents.ts'

test('settings with a max_ttl are read, and not written anew without it, by nodes of the version before', async () => {
  const store = memoryStore()
  const config = { enabled: true, max_ttl: 3_600 } as AcmeConfig
  await store.transaction(async (tx) => tx.put(acmeRows.config, config, configCodec))
  const older = json<Partial<AcmeConfig>>()
  expect(await store.get(acmeRows.config, older)).toEqual(config)
  const rewritten = store.transaction(async (tx) => {
    const before = await tx.get(acmeRows.config, older)
    tx.put(acmeRows.config, { enabled: before?.enabled === false }, older)
  })
  await expect(rewritten).rejects.toMatchObject({ code: 'newer' })
  expect(await store.get(acmeRows.config, configCodec)).toEqual(config)
})
