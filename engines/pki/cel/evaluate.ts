import type { CelInput } from '@bufbuild/cel'
import { isMessage, toJson } from '@bufbuild/protobuf'
import { isReflectMessage } from '@bufbuild/protobuf/reflect'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { checkJsonSize } from '../../cel/bounds.ts'
import { Evaluator } from '../../cel/evaluator.ts'
import type { CelProgram } from '../../cel/program.ts'
import { NAMESPACE, OUTPUT, registry } from './messages.ts'
import type { MadeOutput } from './output.ts'
import type { CsrFields } from './parsed-csr.ts'

/** Runs the programs of roles. In a thread of its own (`certificate-program-worker`). */

export interface Evaluation {
  readonly program: CelProgram
  /** JSON of the body, and the role's name. */
  readonly request: string
  /** Of the request that is to be signed; absent: a key is to be made. */
  readonly csr?: CsrFields
  readonly nowMs: number
}

/** What a program came to, or why there is nothing, which the caller is told. */
export type Verdict = { readonly output: MadeOutput } | { readonly refusal: string }

export const evaluator = new Evaluator(registry, NAMESPACE)

/** Of what a caller is told. */
const REFUSAL_MAX_CHARS = 1_000

export function evaluate({ program, request, csr, nowMs }: Evaluation): Verdict {
  const outcome = evaluator.evaluate(program, {
    request: JSON.parse(request, wholeAsInt) as CelInput,
    now: timestampFromMs(nowMs),
    use_csr: csr !== undefined,
    ...(csr !== undefined && { parsed_csr: csr as unknown as CelInput }),
  })
  if (!('value' in outcome)) {
    const where = outcome.failedAt === '' ? '' : ` at the variable ${outcome.failedAt}`
    return refused(`the program of the role fails${where}: ${outcome.why}`)
  }
  const { value } = outcome
  if (typeof value === 'string' && value !== '') return refused(value)
  if (typeof value === 'string' || typeof value === 'boolean') return refused('request denied')
  if (!isReflectMessage(value) || !isMessage(value.message, OUTPUT)) {
    return refused('the program of the role makes no ValidationOutput')
  }
  const output = toJson(OUTPUT, value.message, { registry, useProtoFieldName: true, enumAsInteger: true })
  try {
    checkJsonSize(output)
  } catch {
    return refused('the program of the role makes too much')
  }
  return { output: output as MadeOutput }
}

function refused(why: string): Verdict {
  return { refusal: why.slice(0, REFUSAL_MAX_CHARS) }
}

/** Whole numbers are ints in the language, where all others are doubles. */
function wholeAsInt(_: string, value: unknown): unknown {
  return Number.isSafeInteger(value) ? BigInt(value as number) : value
}
