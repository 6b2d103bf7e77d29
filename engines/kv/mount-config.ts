import Type from 'typebox'
import { goDuration } from '../duration.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { field } from '../field.ts'
import { checkMaxVersions, loadSettings, SETTINGS_PATH, settingsCodec } from './settings.ts'

const fields = {
  max_versions: field.int({ description: 'How many versions each secret keeps; 0 is the default, 10.' }),
  cas_required: field.bool({ description: 'Refuse writes without `cas`.' }),
  metadata_cas_required: field.bool({ description: 'Refuse changes of metadata without `metadata_cas`.' }),
  delete_version_after: field.duration({
    description: 'Versions read as deleted after this long; 0: never; negative: never, whatever a secret says itself.',
  }),
}

export const mountConfig = route('config', {
  summary: 'Settings that hold for all secrets of the mount',
  fields,
  auditClear: ['max_versions', 'cas_required', 'metadata_cas_required', 'delete_version_after'],
  returns: Type.Object({
    max_versions: Type.Integer(),
    cas_required: Type.Boolean(),
    metadata_cas_required: Type.Boolean(),
    delete_version_after: Type.String(),
  }),
  operations: { read, update },
})

async function read(_request: EngineRequest<typeof fields>, { store }: EngineContext): Promise<Reply> {
  const settings = await loadSettings(store)
  return {
    data: {
      max_versions: settings.maxVersions,
      cas_required: settings.casRequired,
      metadata_cas_required: settings.metadataCasRequired,
      delete_version_after: goDuration(settings.deleteVersionAfterSeconds),
    },
  }
}

/** What is sent is set, null included; what is not sent stays. */
async function update(request: EngineRequest<typeof fields>, { store }: EngineContext): Promise<undefined> {
  const sent = request.fields
  await store.transaction(async (tx) => {
    const before = await loadSettings(tx)
    const after = {
      maxVersions: request.has('max_versions') ? checkMaxVersions(sent.max_versions ?? 0) : before.maxVersions,
      casRequired: request.has('cas_required') ? sent.cas_required === true : before.casRequired,
      metadataCasRequired: request.has('metadata_cas_required')
        ? sent.metadata_cas_required === true
        : before.metadataCasRequired,
      deleteVersionAfterSeconds: request.has('delete_version_after')
        ? Math.max(sent.delete_version_after ?? 0, -1)
        : before.deleteVersionAfterSeconds,
    }
    tx.put(SETTINGS_PATH, after, settingsCodec)
  })
}
