import type { KmsOperation } from '../operation.ts'
import { aliases } from './aliases.ts'
import { encryption } from './encryption.ts'
import { importing } from './importing.ts'
import { keys } from './keys.ts'
import { permissions } from './permissions.ts'
import { rotation } from './rotation.ts'
import { signing } from './signing.ts'

/** Every operation that is served, by its name after `TrentService.`. */
export const OPERATIONS: ReadonlyMap<string, KmsOperation> = new Map(
  Object.entries({ ...keys, ...aliases, ...permissions, ...rotation, ...encryption, ...signing, ...importing }),
)
