import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import type { Operation } from '../engine.ts'
import { EgideError } from '../errors.ts'
import { kv } from './index.ts'

/** A random sequence of operations on versioned secrets does what a model of a few lines does. */

interface ModelVersion {
  readonly value: number
  deletedAt: number | undefined
  destroyed: boolean
}
interface ModelSecret {
  current: number
  max: number
  casRequired: boolean
  termSeconds: number
  readonly versions: Map<number, ModelVersion>
}

class Model {
  readonly secrets = new Map<string, ModelSecret>()
  now = 0
  #at(path: string): ModelSecret {
    const known = this.secrets.get(path)
    if (known !== undefined) return known
    const made = { current: 0, max: 0, casRequired: false, termSeconds: 0, versions: new Map() }
    this.secrets.set(path, made)
    return made
  }

  write(path: string, value: number, cas: number | undefined): string {
    const current = this.secrets.get(path)?.current ?? 0
    if (cas === undefined ? this.secrets.get(path)?.casRequired : cas !== current) return 'refused'
    const secret = this.#at(path)
    secret.current++
    const deletedAt = secret.termSeconds === 0 ? undefined : this.now + secret.termSeconds
    secret.versions.set(secret.current, { value, deletedAt, destroyed: false })
    for (const number of secret.versions.keys()) {
      if (number <= secret.current - (secret.max || 10)) secret.versions.delete(number)
    }
    return `version ${secret.current}`
  }

  read(path: string, number: number): string {
    const secret = this.secrets.get(path)
    const version = secret?.versions.get(number === 0 ? secret.current : number)
    if (version === undefined) return 'absent'
    if (version.destroyed) return 'destroyed'
    return this.isDeleted(version) ? 'deleted' : `value ${version.value}`
  }

  isDeleted({ deletedAt }: ModelVersion): boolean {
    return deletedAt !== undefined && deletedAt <= this.now
  }

  each(path: string, numbers: readonly number[], change: (version: ModelVersion, secret: ModelSecret) => void): void {
    const secret = this.secrets.get(path)
    for (const number of numbers) {
      const version = secret?.versions.get(number)
      if (secret !== undefined && version !== undefined && !version.destroyed) change(version, secret)
    }
  }

  hide = (version: ModelVersion): void => {
    if (!this.isDeleted(version)) version.deletedAt = this.now
  }

  show = (version: ModelVersion, { termSeconds }: ModelSecret): void => {
    version.deletedAt = termSeconds === 0 ? undefined : this.now + termSeconds
  }

  settings(path: string, change: Partial<ModelSecret>): void {
    Object.assign(this.#at(path), change)
  }
}

type Step =
  | { readonly kind: 'write'; readonly path: string; readonly value: number; readonly cas: number | undefined }
  | { readonly kind: 'hide' | 'show' | 'destroy'; readonly path: string; readonly numbers: readonly number[] }
  | { readonly kind: 'delete' | 'forget'; readonly path: string }
  | {
      readonly kind: 'settings'
      readonly path: string
      readonly max: number
      readonly cas: boolean
      readonly term: number
    }
  | { readonly kind: 'wait'; readonly seconds: number }

const path = fc.constantFrom('a', 'a/b', 'c')
const numbers = fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 4 })
const cas = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined })
const write = fc.record({ kind: fc.constant('write' as const), path, value: fc.nat(99), cas })
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: write, weight: 6 },
  { arbitrary: fc.record({ kind: fc.constantFrom('hide', 'show', 'destroy'), path, numbers }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant('delete'), path }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('forget'), path }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant('settings'),
      path,
      max: fc.constantFrom(0, 1, 2, 5),
      cas: fc.boolean(),
      term: fc.constantFrom(0, 0, 30, 300),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: fc.constant('wait'), seconds: fc.constantFrom(1, 29, 300) }), weight: 2 },
)

async function applied(mount: MountedEngine, step: Step): Promise<string> {
  const call = (operation: Operation, at: string, data: object = {}) => mount.call(operation, at, data)
  switch (step.kind) {
    case 'write':
      return writtenVersion(mount, step)
    case 'hide':
      await call('update', `delete/${step.path}`, { versions: step.numbers })
      break
    case 'show':
      await call('update', `undelete/${step.path}`, { versions: step.numbers })
      break
    case 'destroy':
      await call('update', `destroy/${step.path}`, { versions: step.numbers })
      break
    case 'delete':
      await call('delete', `data/${step.path}`)
      break
    case 'forget':
      await call('delete', `metadata/${step.path}`)
      break
    case 'settings':
      await call('update', `metadata/${step.path}`, {
        max_versions: step.max,
        cas_required: step.cas,
        delete_version_after: step.term,
      })
      break
    case 'wait':
      mount.pass(step.seconds)
  }
  return ''
}

async function writtenVersion(
  mount: MountedEngine,
  { path: at, value, cas: asked }: Step & { kind: 'write' },
): Promise<string> {
  // Some values are too big to lie in the record.
  const data = { value, pad: value % 5 === 0 ? 'x'.repeat(20_000) : '' }
  const options = asked === undefined ? {} : { options: { cas: asked } }
  try {
    return `version ${(await mount.data('update', `data/${at}`, { data, ...options })).version}`
  } catch (error) {
    if (error instanceof EgideError && /^(conflict|invalid_request)$/.test(error.code)) return 'refused'
    throw error
  }
}

function modelled(model: Model, step: Step): string {
  switch (step.kind) {
    case 'write':
      return model.write(step.path, step.value, step.cas)
    case 'hide':
      model.each(step.path, step.numbers, model.hide)
      break
    case 'show':
      model.each(step.path, step.numbers, model.show)
      break
    case 'destroy':
      model.each(step.path, step.numbers, (version) => {
        version.destroyed = true
      })
      break
    case 'delete':
      model.each(step.path, [model.secrets.get(step.path)?.current ?? 0], model.hide)
      break
    case 'forget':
      model.secrets.delete(step.path)
      break
    case 'settings':
      model.settings(step.path, { max: step.max, casRequired: step.cas, termSeconds: step.term })
      break
    case 'wait':
      model.now += step.seconds
  }
  return ''
}

async function reading(mount: MountedEngine, at: string, version: number): Promise<string> {
  try {
    const reply = await mount.call('read', `data/${at}`, { version })
    const { data, metadata } = reply.data as { data: { value: number } | null; metadata: { destroyed: boolean } }
    if (reply.status === undefined) return `value ${data?.value}`
    return metadata.destroyed ? 'destroyed' : 'deleted'
  } catch (error) {
    if (error instanceof EgideError && error.code === 'not_found') return 'absent'
    throw error
  }
}

test('operations on versioned secrets do what the model does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const mount = new MountedEngine(kv, { mountOptions: { version: '2' } })
      const model = new Model()
      for (const each of steps) expect(await applied(mount, each)).toBe(modelled(model, each))
      for (const at of ['a', 'a/b', 'c']) {
        for (let number = 0; number <= 15; number++) {
          expect(`${number}: ${await reading(mount, at, number)}`).toBe(`${number}: ${model.read(at, number)}`)
        }
      }
      await noDataIsLeftOver(mount, model)
    }),
    { numRuns: 120, seed: 5 },
  )
})

/** No entry stays behind of a version that was pruned, destroyed or forgotten. */
async function noDataIsLeftOver(mount: MountedEngine, model: Model): Promise<void> {
  const living = new Set<string>()
  for (const [at, { versions }] of model.secrets) {
    for (const [number, { destroyed }] of versions) if (!destroyed) living.add(`${at}/${number}`)
  }
  for (const body of await mount.context.store.scan('bodies/')) expect(living.has(body)).toBe(true)
  expect(new Set(await mount.context.store.scan('keys/'))).toEqual(new Set(model.secrets.keys()))
}
