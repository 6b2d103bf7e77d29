import { setFlagsFromString } from 'node:v8'

/**
 * Has threads that are started from now on keep to their own limits: the young generation that the program is started with,
 * and what its old one may hold before the first full collection, are flags of V8, and a flag goes before the
 * `resourceLimits` of every heap that begins after it. That of the calling thread stays as it is.
 */
export function honourThreadLimits(): void {
  setFlagsFromString('--max-semi-space-size=0')
  setFlagsFromString('--initial-old-space-size=0')
}
