import type { Kysely } from 'kysely'

interface Migration {
  up(db: Kysely<unknown>): Promise<void>
}

/** Every migration, in order. Applied ones never change; they are loaded only when one is missing. */
export const MIGRATIONS: Readonly<Record<string, () => Promise<Migration>>> = {
  '0001_entries': () => import('./0001_entries.ts'),
}
