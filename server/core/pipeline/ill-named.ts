import type { EngineContext, EngineRequest, Route } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'

/**
 * Whether a row has what it can't name: earlier versions took more names, and what has one of those holds on. A role lets in,
 * a quota refuses, so that it must be possible to delete it.
 */
export async function isLeftOver(route: Route, input: () => EngineRequest, context: EngineContext): Promise<boolean> {
  const { read, delete: remove } = route.operations
  if (read === undefined || remove === undefined) return false
  try {
    return (await read.handler(input(), context)) !== undefined
  } catch (error) {
    if (error instanceof EgideError && (error.code === 'not_found' || error.code === 'invalid_request')) return false
    throw error
  }
}
