import { type CelInput, type CelValue, celEnv, isCelError, parse, plan } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import type { Registry } from '@bufbuild/protobuf'
import { BoundedFunctions } from './bounds.ts'
import { FUNCTIONS } from './functions.ts'
import type { CelProgram } from './program.ts'

/** What a program came to, or at which variable it failed ('': at its expression) and why. */
export type Outcome = { readonly value: CelValue } | { readonly failedAt: string; readonly why: string }

/** Plans that are kept for when a program comes again. */
const PLANS_MAX = 512

/** Runs programs. In a thread of its own, since nothing but its end can stop one. */
export class Evaluator {
  readonly #functions = new BoundedFunctions([...celEnv().funcs, ...strings, ...FUNCTIONS])
  readonly #env: ReturnType<typeof celEnv>
  readonly #plans = new Map<string, ReturnType<typeof plan>>()

  /** `registry`: the messages that programs can make; `namespace`: where names without one are looked for first. */
  constructor(registry: Registry, namespace = '') {
    this.#env = celEnv({ registry, namespace, funcs: this.#functions.all })
  }

  /** Why the program can't be read; undefined: it can. */
  unreadable({ variables, expression }: CelProgram): string | undefined {
    for (const one of [...variables, { name: 'expression', expression }]) {
      try {
        this.#planOf(one.expression)
      } catch (error) {
        return `${one.name}: ${messageOf(error)}`
      }
    }
    return undefined
  }

  /** `known`: variables that there are before the program's own. */
  evaluate({ variables, expression }: CelProgram, known: Readonly<Record<string, CelInput>>): Outcome {
    this.#functions.reset()
    const bindings: Record<string, CelInput> = { ...known }
    for (const variable of variables) {
      const outcome = this.#run(variable.name, variable.expression, bindings)
      if (!('value' in outcome)) return outcome
      bindings[variable.name] = outcome.value
    }
    return this.#run('', expression, bindings)
  }

  #run(name: string, text: string, bindings: Record<string, CelInput>): Outcome {
    try {
      const value = this.#planOf(text)(bindings)
      return isCelError(value) ? { failedAt: name, why: messageOf(value) } : { value }
    } catch (error) {
      return { failedAt: name, why: messageOf(error) }
    }
  }

  #planOf(text: string): ReturnType<typeof plan> {
    const known = this.#plans.get(text)
    if (known !== undefined) return known
    const made = plan(this.#env, parse(text))
    if (this.#plans.size >= PLANS_MAX) this.#plans.clear()
    this.#plans.set(text, made)
    return made
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'it cannot be read'
}
