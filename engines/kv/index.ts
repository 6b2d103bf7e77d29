import { type EngineContext, engine, type Route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { data } from './data.ts'
import { detailedMetadata } from './detailed-metadata.ts'
import { flat } from './flat.ts'
import { invalidPath } from './invalid-path.ts'
import { metadata } from './metadata.ts'
import { mountConfig } from './mount-config.ts'
import { plain } from './plain.ts'
import { deleteVersions, destroyVersions, undeleteVersions } from './remove.ts'
import { subkeys } from './subkeys.ts'
import { upgradeToVersions } from './upgrade.ts'

const versioned: readonly Route[] = [
  mountConfig,
  data,
  deleteVersions,
  undeleteVersions,
  destroyVersions,
  metadata,
  detailedMetadata,
  subkeys,
  invalidPath,
]

/** By the mount option `version`. */
const variants: Readonly<Record<string, readonly Route[]>> = { '1': [plain], '2': versioned, flat: [flat] }

function routes(options: Readonly<Record<string, string>>): readonly Route[] {
  const version = options.version || '1'
  const rows = Object.hasOwn(variants, version) ? variants[version] : undefined
  if (rows === undefined) throw invalid('unknown version of the key-value engine: it is 1, 2 or flat')
  return rows
}

/** Secrets that callers choose: version 1 keeps one value each, version 2 and the flat form keep versions. */
export const kv = engine({
  type: 'kv',
  kind: 'secret',
  description: 'Key-value secrets, with or without versions',
  routes,
  open: async ({ store, mount, clock }: EngineContext) => {
    if (mount.options.version === '2') await upgradeToVersions(store, clock)
  },
})
