import type { BatchSealing } from './batch-sealing.ts'
import type { RsaKeys } from './rsa-keys.ts'

/** What is done beside the thread that serves requests. Absent: it is done on that one, when it is asked for. */
export interface Threads {
  readonly rsaKeys?: RsaKeys | undefined
  readonly batchSealing?: BatchSealing | undefined
}
