import { setFlagsFromString } from 'node:v8'

/**
 * Has threads that are started from now on keep to their own limits: the young generation that the program is started with
 * is a flag of V8, and a flag goes before the `resourceLimits` of every heap that begins after it. That of the calling
 * thread stays as it is.
 */
export function honourThreadLimits(): void {
  setFlagsFromString('--max-semi-space-size=0')
}
