import { WorkLimit } from '../work-limit.ts'
import { KeysBusy } from './errors.ts'

const limit = new WorkLimit({ running: 2, waiting: 64, overloaded: () => new KeysBusy() })

/** For making RSA keys and for SLH-DSA, in this process together. Rejects with KeysBusy where too much waits, or as the work does. */
export function limitSlowWork<T>(work: () => Promise<T>): Promise<T> {
  return limit.run(work)
}
