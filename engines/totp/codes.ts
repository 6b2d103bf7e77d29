import Type from 'typebox'
import { json } from '../../storage/codec.ts'
import { goDuration } from '../duration.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { codeAt, stepAt, stepsOf } from '../one-time-codes/codes.ts'
import { keyNamed, USED } from './key.ts'

const fields = {
  name: field.nameWithAt({ required: true, description: 'Name of the key' }),
  code: field.text({ default: '', description: 'The code to check' }),
}
type CodeRequest = EngineRequest<typeof fields>

/** Without a code, as older versions wrote it: the period's code, whichever it was. */
const usedCodec = json<{ readonly code?: string }>()

export const code = route('code/:name', {
  summary: 'Make a code, or check one',
  fields,
  auditClear: ['name', 'valid', 'generated', 'expire_time', 'period'],
  operations: {
    read: {
      handler: make,
      returns: Type.Object({
        code: Type.String(),
        generated: Type.Integer({ description: 'Seconds since the epoch.' }),
        expire_time: Type.Integer({ description: 'Seconds since the epoch.' }),
        period: Type.String(),
      }),
    },
    update: { handler: check, returns: Type.Object({ valid: Type.Boolean() }) },
  },
})

async function make(request: CodeRequest, { store, clock }: EngineContext): Promise<Reply> {
  const key = await keyNamed(store, request.fields.name)
  const step = stepAt(key, clock.now())
  return {
    data: {
      code: codeAt(key, step),
      generated: Math.floor(clock.now() / 1000),
      expire_time: (step + 1) * key.periodSeconds,
      period: goDuration(key.periodSeconds),
    },
  }
}

/** A code is good once, on whichever node it is checked: using it is a row that stays until its time is over. */
async function check(request: CodeRequest, { store, clock }: EngineContext): Promise<Reply> {
  const name = request.fields.name
  const sent = request.fields.code
  if (sent === '') throw invalid('the code value is required')
  const valid = await store.transaction(async (tx) => {
    const key = await keyNamed(tx, name)
    if (!/^\d+$/.test(sent) || sent.length !== key.digits) throw invalid('invalid number of digits for the code')
    const steps = stepsOf(key, sent, key.skew, clock.now())
    if (steps.length === 0) return false
    for (const step of steps) {
      const path = `${USED}${name}/${step}`
      const used = await tx.get(path, usedCodec)
      // Of another key that had the name before, it is another code.
      if (used !== undefined && (used.code ?? sent) === sent) continue
      tx.put(path, { code: sent }, usedCodec, { expiresAtMs: (step + 1 + key.skew) * key.periodSeconds * 1000 })
      return true
    }
    throw invalid('code already used; wait until the next time period')
  })
  return { data: { valid } }
}
