import type { EngineRequest } from '../engine.ts'
import { field } from '../field.ts'
import { pageFields } from '../listing.ts'
import { watchFields } from './watch.ts'

/** What callers send about a secret's metadata. */
export const fields = {
  path: field.text({ required: true, description: 'Where the secret lies.' }),
  max_versions: field.int({
    description: 'How many versions to keep, if that is more than the mount says; 0: as it says.',
  }),
  cas_required: field.bool({ description: 'Refuse writes of this secret without `cas`.' }),
  metadata_cas_required: field.bool({ description: 'Refuse changes of this metadata without `metadata_cas`.' }),
  metadata_cas: field.int({
    description: 'The metadata version that must be the current one at that moment; 0 if there must be none yet.',
  }),
  delete_version_after: field.duration({
    description: "New versions read as deleted after this long, or after the mount's term if that is shorter.",
  }),
  custom_metadata: field.map({ description: 'Names and values that describe the secret, readable with its metadata.' }),
  ...pageFields,
  ...watchFields,
}
export type MetadataRequest = EngineRequest<typeof fields>
