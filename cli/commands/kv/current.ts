import { isJsonObject, type JsonObject } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import type { Query } from '../../../sdk/method.ts'
import { Failure, remote } from '../../failure.ts'

/** A version as it was read, to make a new one from. */
export interface ReadVersion {
  readonly data: JsonObject | undefined
  readonly metadata: JsonObject
}

/** Reads before a write. Throws when there is no such secret. */
export async function readVersion(client: Logical, path: string, query: Query = []): Promise<ReadVersion> {
  const secret = await remote(`Error doing pre-read at ${path}`, client.read(path, query))
  if (secret?.data === undefined || secret.data === null) throw new Failure(`No value found at ${path}`, 2)
  const { data, metadata } = secret.data
  if (!isJsonObject(metadata)) throw new Failure(`No metadata found at ${path}; this only works on existing data`, 2)
  return { data: isJsonObject(data) ? data : undefined, metadata }
}

export function dataOf(version: ReadVersion, path: string): JsonObject {
  if (version.data === undefined) throw new Failure(`No data found at ${path}; this only works on existing data`, 2)
  return version.data
}
