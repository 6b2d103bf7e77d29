import type { Kysely } from 'kysely'
import type { Names } from '../names.ts'

interface Migration {
  up(db: Kysely<unknown>, names: Names): Promise<void>
}

/**
 * Every migration, in order. Applied ones never change; they are loaded only when one is missing. Nodes of the version
 * before run on while one is applied, so it may add what they do not know, and must leave what they use as it is. One
 * that cannot raises `format` in the clock's row, which older nodes refuse to open.
 */
export const MIGRATIONS: Readonly<Record<string, () => Promise<Migration>>> = {
  '0001_entries': () => import('./0001_entries.ts'),
  '0002_commit': () => import('./0002_commit.ts'),
  '0003_shorter_commit': () => import('./0003_shorter_commit.ts'),
  '0004_room_for_updates': () => import('./0004_room_for_updates.ts'),
  '0005_values_in_place': () => import('./0005_values_in_place.ts'),
}
