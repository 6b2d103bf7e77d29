import type { Route } from '../../engine.ts'
import type { MountServices } from '../services/mounts.ts'
import { remount, remountStatus } from './remount.ts'
import { authMethod, authMethods, mount, mounts } from './table.ts'
import { tuneAuthMethod, tuneMount } from './tune.ts'

/** The rows of `sys/` about what is mounted where. */
export const mountRoutes: readonly Route<MountServices>[] = [
  mounts,
  mount,
  tuneMount,
  authMethods,
  authMethod,
  tuneAuthMethod,
  remount,
  remountStatus,
]
