import { resolve } from 'node:path'
import { type Backend, StorageError } from '../../storage/backend.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { openSqlite } from '../../storage/sqlite/sqlite.ts'
import { isBeingRestored } from '../backup/copy.ts'
import type { StorageConfig } from '../config/types.ts'

/** Throws StorageError. */
export async function openBackend(storage: StorageConfig): Promise<Backend> {
  if (storage.type === 'sqlite') return openSqlite({ path: resolve(storage.path) })
  if (storage.type === 'inmem') return new MemoryBackend()
  // Its client takes time and memory to load, which only those pay who use it.
  const { openPostgres } = await import('../../storage/postgres/postgres.ts')
  return openPostgres(storage)
}

/** Closes the backend and throws StorageError `invalid` when it holds part of a vault. */
export async function refuseUnfinishedRestore(backend: Backend): Promise<void> {
  if (!(await isBeingRestored(backend))) return
  await backend.close()
  throw new StorageError('invalid', 'a restore into this storage was not finished: run it again before the server')
}
