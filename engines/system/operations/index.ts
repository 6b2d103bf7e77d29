import type { Route } from '../../engine.ts'
import type { OperationsServices } from '../services/operations.ts'
import { hash, hashWith } from './hash.ts'
import {
  countEntities,
  countRequests,
  countTokens,
  inspectRequest,
  inspectRouter,
  sanitizedConfig,
  versionHistory,
} from './inspect.ts'
import { hostInfo, inFlightRequests, metrics, monitor } from './observe.ts'
import { random, randomFrom, randomFromOf } from './random.ts'
import { cors, uiHeader, uiHeaders } from './settings.ts'
import { specification } from './specification.ts'

/** The rows of `sys/` by which the server is run, watched and described. */
export const operationsRoutes: readonly Route<OperationsServices>[] = [
  hash,
  hashWith,
  random,
  randomFrom,
  randomFromOf,
  metrics,
  inFlightRequests,
  monitor,
  hostInfo,
  versionHistory,
  sanitizedConfig,
  cors,
  uiHeaders,
  uiHeader,
  inspectRouter,
  inspectRequest,
  countRequests,
  countTokens,
  countEntities,
  specification,
]
