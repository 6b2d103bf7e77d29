import { afterAll, beforeAll, describe } from 'vitest'
import { backendContract } from '../backend.contract.ts'
import { replaceContract } from '../replace.contract.ts'
import { snapshotContract } from '../snapshot.contract.ts'
import { TestingBackends } from './testing-backends.ts'
import { noPostgres } from './testing-server.ts'

describe.skipIf(noPostgres !== undefined)('PostgreSQL', () => {
  let backends: TestingBackends
  beforeAll(async () => {
    backends = await TestingBackends.start()
  })
  afterAll(() => backends.stop())
  backendContract('postgres', () => backends.open())
  snapshotContract('postgres', () => backends.open())
  replaceContract('postgres', () => backends.open())
})
