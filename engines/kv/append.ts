import { StorageError } from '../../storage/backend.ts'
import type { Reader } from '../../storage/store.ts'
import type { JsonObject } from '../json-object.ts'
import type { Body } from './body.ts'
import { type SecretRecord, type Version, withVersion } from './record.ts'
import { loadBody } from './record-store.ts'
import { deletionTime, type MountSettings, versionsKept } from './settings.ts'

export interface Addition {
  readonly mount: MountSettings
  readonly body: Body
  readonly nowMs: number
  /** When the version is gone for good; undefined: never. */
  readonly expiresMs?: number | undefined
}

/** The record with a new version, and without those beyond the limit. */
export function appendVersion(record: SecretRecord, { mount, body, nowMs, expiresMs }: Addition): SecretRecord {
  const deletionMs = deletionTime(mount, record, nowMs)
  return withVersion(record, { body, nowMs, deletionMs, expiresMs, keep: versionsKept(mount, record) })
}

/** The data of a version that was neither destroyed nor may expire. */
export async function existingData(reader: Reader, path: string, version: Version): Promise<JsonObject> {
  const body = await loadBody(reader, path, version)
  if (body === undefined) throw new StorageError('corrupt', 'the data of a version is missing')
  return body.data
}
