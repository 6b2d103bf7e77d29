import type { Route } from '../../engine.ts'
import { hashRows } from '../../hash-rows.ts'
import { randomRows } from '../../random-rows.ts'
import type { OperationsServices } from '../services/operations.ts'
import {
  countEntities,
  countRequests,
  countTokens,
  inspectRequest,
  inspectRouter,
  sanitizedConfig,
  versionHistory,
} from './inspect.ts'
import { logger, loggers } from './loggers.ts'
import { hostInfo, inFlightRequests, metrics, monitor } from './observe.ts'
import { cors, uiHeader, uiHeaders } from './settings.ts'
import { specification } from './specification.ts'

/** The rows of `sys/` by which the server is run, watched and described. */
export const operationsRoutes: readonly Route<OperationsServices>[] = [
  ...hashRows('tools/', { mustGive: false }),
  ...randomRows('tools/'),
  metrics,
  inFlightRequests,
  monitor,
  loggers,
  logger,
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
