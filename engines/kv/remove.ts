import { type EngineContext, type EngineRequest, type Route, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { writable } from '../secret-path.ts'
import {
  deletedAt,
  destroyed,
  type LastChange,
  type SecretRecord,
  undeleted,
  type Version,
  withChanged,
} from './record.ts'
import { loadRecord, saveRecord } from './record-store.ts'
import { deletionTime, loadSettings, type MountSettings } from './settings.ts'

/** Rows that change what versions with given numbers are: deleted, readable again, destroyed. */

const fields = {
  path: field.text({ required: true, description: 'Where the secret lies.' }),
  versions: field.intList({ default: [], description: 'Numbers of the versions.' }),
}
type VersionsRequest = EngineRequest<typeof fields>

type Change = (record: SecretRecord, mount: MountSettings, nowMs: number) => (version: Version) => Version

function changing(kind: LastChange['kind'], change: Change) {
  return async (request: VersionsRequest, { store, clock }: EngineContext): Promise<undefined> => {
    const path = writable(request)
    const { versions } = request.fields
    if (versions.length === 0) throw invalid('No version number provided')
    await store.transaction(async (tx) => {
      const before = await loadRecord(tx, path)
      if (before === undefined) return
      const mount = await loadSettings(tx)
      saveRecord(tx, path, before, withChanged(before, versions, kind, change(before, mount, clock.now())))
    })
  }
}

function row(pattern: string, kind: LastChange['kind'], summary: string, change: Change): Route {
  const update = changing(kind, change)
  return route(pattern, { summary, fields, operations: { update } })
}

export const deleteVersions = row(
  'delete/:path*',
  'deleted',
  'Mark versions of a secret as deleted',
  (_record, _mount, nowMs) => deletedAt(nowMs),
)

export const undeleteVersions = row(
  'undelete/:path*',
  'undeleted',
  'Make deleted versions readable again',
  (record, mount, nowMs) => undeleted(deletionTime(mount, record, nowMs)),
)

export const destroyVersions = row(
  'destroy/:path*',
  'destroyed',
  'Remove the data of versions for good',
  () => destroyed,
)
