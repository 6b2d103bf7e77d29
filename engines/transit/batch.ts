import { setImmediate as nextTurn } from 'node:timers/promises'
import { fromBase64 } from '../base64.ts'
import { CoercionError, parseInteger } from '../coerce.ts'
import type { Reply } from '../engine.ts'
import { EgideError, invalid } from '../errors.ts'
import { isJsonObject, type JsonObject, member } from '../json-object.ts'
import type { Circumstances } from './keys/convergence.ts'
import type { KeyType } from './keys/key-types.ts'

/** Items of one request. A body of them is bounded as well; this bounds the answer and the time. */
const ITEMS_MAX = 10_000
/** Items done before other requests get their turn, where each takes some microseconds. */
export const ITEMS_AT_ONCE = 128
/** What key pairs take in a turn at most, about. */
const TURN_MAX_MICROS = 10_000
/** Items that work on other threads at one time. */
const ASIDE_AT_ONCE = 8

/** One thing to encrypt or decrypt: of a batch, or the request's own fields. */
export interface Item {
  readonly text: string
  /** Base64; '' is none. */
  readonly context: string
  readonly associatedData: string
  readonly nonce: string
  /** 0: the latest. */
  readonly keyVersion: number
  /** The caller's own mark, given back with the outcome. */
  readonly reference: string
}

/** The objects of a batch. */
export function batchObjects(raw: unknown): readonly JsonObject[] {
  if (!Array.isArray(raw)) throw unreadable('expected a list')
  if (raw.length === 0) throw invalid('missing batch input to process')
  if (raw.length > ITEMS_MAX) throw invalid(`batch_input has ${raw.length} items, more than the ${ITEMS_MAX} allowed`)
  return raw.map((item, index) => {
    if (!isJsonObject(item)) throw unreadable(`[${index}] expected a map`)
    return item
  })
}

/** The items of a batch. `input` names the field that holds what is to be encrypted or decrypted, which each has to have. */
export function batchItems(raw: unknown, input: 'plaintext' | 'ciphertext'): readonly Item[] {
  return batchObjects(raw).map((item, index) => {
    if (member(item, input) === undefined) throw unreadable(`'[${index}].${input}' missing ${input} to ${VERBS[input]}`)
    return itemOf(item, index, input)
  })
}

/** `batchItems` that are told in their outcome of what they lack, as peers do in a rewrap. */
export function lenientItems(raw: unknown): readonly Item[] {
  return batchObjects(raw).map((item, index) => itemOf(item, index, 'ciphertext'))
}

function itemOf(raw: JsonObject, index: number, input: 'plaintext' | 'ciphertext'): Item {
  return {
    text: textMember(raw, index, input),
    context: textMember(raw, index, 'context'),
    associatedData: textMember(raw, index, 'associated_data'),
    nonce: textMember(raw, index, 'nonce'),
    keyVersion: versionOf(raw, index),
    reference: textMember(raw, index, 'reference'),
  }
}

const VERBS = { plaintext: 'encrypt', ciphertext: 'decrypt' } as const

/** '' where it is absent. */
export function textMember(item: JsonObject, index: number, name: string): string {
  const value = member(item, name) ?? ''
  if (typeof value !== 'string') throw unreadable(`'[${index}].${name}' expected type 'string'`)
  return value
}

function versionOf(item: JsonObject, index: number): number {
  try {
    return parseInteger(member(item, 'key_version') ?? 0)
  } catch (error) {
    if (error instanceof CoercionError) throw unreadable(`'[${index}].key_version' expected type 'int'`)
    throw error
  }
}

function unreadable(reason: string): Error {
  return invalid(`failed to parse batch input: ${reason}`)
}

/** A key made for a batch is derived or not by whether there are contexts: it can't be both. */
export function refuseMixedContexts(items: readonly Item[]): void {
  const hasContext = items[0]?.context !== ''
  if (items.some(({ context }) => (context !== '') !== hasContext)) {
    throw invalid('context should be set either in all the request blocks or in none')
  }
}

/** Throws `invalid_request`. */
export function circumstancesOf({
  context,
  associatedData,
  nonce,
}: Pick<Item, 'context' | 'associatedData' | 'nonce'>): Circumstances {
  return {
    context: context === '' ? undefined : fromBase64(context),
    associatedData: associatedData === '' ? undefined : fromBase64(associatedData),
    nonce: nonce === '' ? undefined : fromBase64(nonce),
  }
}

/** How many items a key of this type does before other requests get their turn. */
export function itemsAtOnce({ algorithm }: KeyType): number {
  if (algorithm.kind === 'symmetric') return ITEMS_AT_ONCE
  return Math.min(ITEMS_AT_ONCE, Math.floor(TURN_MAX_MICROS / algorithm.uses.turnMicros))
}

export type Outcome = JsonObject & { readonly error?: string }
type Marked = { readonly reference: string }

/** Does what can be done, so many `atOnce` in a turn: an item that is refused tells why in its outcome. */
export async function eachItem<I extends Marked>(
  items: readonly I[],
  atOnce: number,
  work: (item: I) => JsonObject | Promise<JsonObject>,
  refused: JsonObject = {},
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let aside: Promise<void>[] = []
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % atOnce === 0) await nextTurn()
    const outcome = outcomeOf(item, work, refused)
    if (outcome instanceof Promise) {
      const place = outcome.then((made) => {
        outcomes[index] = made
      })
      // It is awaited below, maybe a turn later: one that fails before that would be an unhandled rejection, which ends the process.
      place.catch(() => undefined)
      aside.push(place)
      if (aside.length >= ASIDE_AT_ONCE) {
        await Promise.all(aside)
        aside = []
      }
    } else outcomes[index] = outcome
  }
  await Promise.all(aside)
  return outcomes
}

function outcomeOf<I extends Marked>(
  item: I,
  work: (item: I) => JsonObject | Promise<JsonObject>,
  refused: JsonObject,
): Outcome | Promise<Outcome> {
  const { reference } = item
  const failed = (error: unknown): Outcome => {
    if (error instanceof EgideError && error.code === 'invalid_request') {
      return { ...refused, error: error.message, reference }
    }
    throw error
  }
  try {
    const made = work(item)
    if (made instanceof Promise) return made.then((data) => marked(data, reference), failed)
    return marked(made, reference)
  } catch (error) {
    return failed(error)
  }
}

function marked(data: JsonObject, reference: string): Outcome {
  return { ...data, reference }
}

const STATUS_MIN = 200
const STATUS_MAX = 599

/** A batch of which an item failed is a 400; where some were done the caller may choose another status. */
export function batchReply(outcomes: readonly Outcome[], partialStatus: number | undefined): Reply {
  const data = { batch_results: outcomes }
  const failures = outcomes.filter(({ error }) => error !== undefined).length
  if (failures === 0) return { data }
  if (failures === outcomes.length || partialStatus === undefined) return { status: 400, data }
  if (partialStatus >= STATUS_MIN && partialStatus <= STATUS_MAX) return { status: partialStatus, data }
  const warning = 'invalid HTTP response code override from partial_failure_response_code, reverting to 400'
  return { status: 400, data, warnings: [warning] }
}

/** As `batchReply`, of operations whose failures Vault answers with 200: another status is sent only to who asks for it. */
export function lenientBatchReply(outcomes: readonly Outcome[], partialStatus: number | undefined): Reply {
  return partialStatus === undefined ? { data: { batch_results: outcomes } } : batchReply(outcomes, partialStatus)
}
