export type { OfflineError } from '../../../server/backup/offline.ts'
export type { Proof } from '../../../server/backup/prove.ts'
export type { Examined } from '../../../server/backup/read-snapshot.ts'

/** What works on snapshots and storages by itself. It is loaded by the few commands that need it. */
export const offline = () => import('../../../server/backup/offline.ts')
