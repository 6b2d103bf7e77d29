import { type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import type { SealServices } from '../services/seal.ts'

/** Backups are of shares encrypted with PGP keys. This server makes none, so none is ever found, and nothing is left to delete. */
export function shareBackupRow(path: string): Route<SealServices> {
  return route(path, {
    summary: 'The backup of PGP-encrypted shares: there is none',
    fields: {},
    operations: {
      read: async () => {
        throw invalid('no backed-up keys found')
      },
      delete: async () => undefined,
    },
  })
}
