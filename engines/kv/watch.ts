import Type from 'typebox'
import type { Reader, Stored } from '../../storage/store.ts'
import { parseBool, parseInteger } from '../coerce.ts'
import type { EngineContext, EngineRequest, Reply, ReplyEvent } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import type { JsonObject } from '../json-object.ts'
import { readLoosely } from '../listing.ts'
import type { LastChange, SecretRecord } from './record.ts'
import { recordCodec } from './record-codec.ts'
import { RECORDS } from './record-store.ts'
import { PLAIN, plainCodec } from './upgrade.ts'

/** Changes of secrets, told for as long as somebody listens: where, what and which version, never what is in them. */

const watch = { query: true, description: 'Answer with events for as long as the client reads them.' }
const after_revision = {
  query: true,
  description:
    'Of a watch: tell what changed after this revision; absent: what changes from now on. Take it from the last event.',
}

export const watchFields = {
  watch: field.bool({ default: false, ...watch }),
  after_revision: field.int(after_revision),
}

/** As `watchFields`, of a row whose writes may hold members of these names that mean something else. */
export const looseWatchFields = { watch: field.any(watch), after_revision: field.any(after_revision) }

const KINDS = ['written', 'deleted', 'undeleted', 'destroyed', 'metadata', 'removed', 'position', 'resync'] as const

export const WatchEvent = Type.Object({
  kind: Type.Enum([...KINDS], {
    description:
      'What became of the secret last: a version was written, deleted, undeleted or destroyed, its metadata changed, or ' +
      'it was removed with all its versions. `position`: all up to the revision has been told. `resync`: changes may ' +
      'have been missed; read anew what you keep of it.',
  }),
  path: Type.String({ description: "The secret, below the mount; '' in a position and a resync." }),
  version: Type.Integer({ description: 'The version it is about; 0 where it is about none.' }),
  revision: Type.Integer({ description: 'Where this stands in the order of all changes; a watch goes on after it.' }),
})

interface WatchRequest extends Pick<EngineRequest, 'signal'> {
  readonly fields: { readonly path: string; readonly watch: unknown; readonly after_revision: unknown }
}

/** How one form of the engine keeps secrets. */
interface Form {
  /** Prefix of their entries. */
  readonly rows: string
  /** The path, below the mount, that reads a secret. */
  readonly readPath: (secret: string) => string
  /** What the entry says of its last change; undefined: there is none. */
  readonly last: (reader: Reader, row: string) => Promise<Stored<LastChange> | undefined>
}

const ofRecord = async (reader: Reader, row: string) => changed(await reader.entry(row, recordCodec))

function changed(found: Stored<SecretRecord> | undefined): Stored<LastChange> | undefined {
  return found && { revision: found.revision, value: found.value.last }
}

async function ofPlain(reader: Reader, row: string): Promise<Stored<LastChange> | undefined> {
  const found: Stored<JsonObject> | undefined = await reader.entry(row, plainCodec)
  return found && { revision: found.revision, value: { kind: 'written', version: 0 } }
}

const FORMS = {
  versioned: { rows: RECORDS, readPath: (secret) => `data/${secret}`, last: ofRecord },
  flat: { rows: RECORDS, readPath: (secret) => secret, last: ofRecord },
  plain: { rows: PLAIN, readPath: (secret) => secret, last: ofPlain },
} as const satisfies Record<string, Form>

/** Whether events are asked for. */
export function isWatch({ fields }: WatchRequest): boolean {
  return fields.watch !== undefined && readLoosely('watch', parseBool, fields.watch)
}

/** The changes of all secrets below a folder ('': of all), or of the one `secret` in it. */
export function watched(
  request: WatchRequest,
  { store }: EngineContext,
  form: keyof typeof FORMS,
  folder: string,
  secret?: string,
): Reply {
  const { after_revision: raw } = request.fields
  const after = raw === undefined ? undefined : readLoosely('after_revision', parseInteger, raw)
  if (after !== undefined && after < 0) throw invalid('after_revision must not be negative')
  const { rows } = FORMS[form]
  const steps = store.follow(`${rows}${folder}`, { after, signal: request.signal })
  return { events: events(steps, store, FORMS[form], secret === undefined ? undefined : `${rows}${secret}`) }
}

/** So many changed secrets are read at a time: what another server wrote is in no cache, and one question brings them all. */
const READ_TOGETHER = 64

/** After so many revisions without an event a watcher is told how far it is, so that it can go on from there later. */
const POSITION_EVERY = 1000

async function* events(
  steps: ReturnType<EngineContext['store']['follow']>,
  reader: Reader,
  form: Form,
  only: string | undefined,
): AsyncGenerator<ReplyEvent, void> {
  /** Of the last event; undefined until the first position says that what was missed has been told. */
  let told: number | undefined
  for await (const step of steps) {
    const { revision } = step
    if (step.kind === 'resync') {
      told = revision
      yield positionEvent('resync', revision)
      continue
    }
    const changes = only === undefined ? step.changes : step.changes.filter(({ path }) => path === only)
    for (let at = 0; at < changes.length; at += READ_TOGETHER) {
      const together = changes.slice(at, at + READ_TOGETHER)
      const events = await Promise.all(together.map(({ path, revision }) => eventOf(reader, form, path, revision)))
      for (const [nth, { revision }] of together.entries()) {
        const event = events[nth]
        if (event === undefined) continue
        if (told !== undefined) told = revision
        yield event
      }
    }
    if (told === undefined || revision - told >= POSITION_EVERY) {
      told = revision
      yield positionEvent('position', revision)
    } else yield {}
  }
}

function positionEvent(kind: 'position' | 'resync', revision: number): ReplyEvent {
  return { data: { kind, path: '', version: 0, revision } }
}

async function eventOf(reader: Reader, form: Form, row: string, revision: number): Promise<ReplyEvent | undefined> {
  const found = await form.last(reader, row)
  // It was changed again meanwhile, which is going to be told.
  if (found !== undefined && found.revision > revision) return undefined
  const path = row.slice(form.rows.length)
  const { kind, version } = found?.value ?? { kind: 'removed', version: 0 }
  return { readPath: form.readPath(path), data: { kind, path, version, revision } }
}
