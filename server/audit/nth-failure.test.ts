import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AuditBroker } from './log.ts'
import type { Output } from './outputs/output.ts'
import { outputFor } from './outputs/output-for.ts'
import { FaultyOutput } from './testing-faults.ts'
import { fileDevice, TestingInstallation, testingRequest } from './testing-records.ts'
import { verifyInputs } from './testing-verification.ts'
import { verify } from './verify/verify.ts'

/** Counts the writes of all outputs, and lets some of them fail. */
class Fate {
  writes = 0
  fired = false
  readonly #first: number
  readonly #failures: number
  readonly #short: number

  constructor(first: number, failures: number, short: number) {
    this.#first = first
    this.#failures = failures
    this.#short = short
  }

  over(inner: Output): Output {
    const output = new FaultyOutput(inner) as FaultyOutput & Output
    const write = output.write.bind(output)
    output.write = (bytes, ends) => {
      this.writes++
      if (this.writes >= this.#first && this.writes < this.#first + this.#failures) {
        this.fired = true
        output.failures = 1
        output.short = Math.min(this.#short, bytes.length - 1)
      }
      return write(bytes, ends)
    }
    return output
  }
}

/** Two runs with a rotation between: what was acknowledged, and the files in their order. */
async function session(fate: Fate, rotate: boolean) {
  const place = await TestingInstallation.create()
  const file = join(place.folder, 'audit.log')
  const acknowledged: string[] = []
  const send = async (audit: AuditBroker, number: number) => {
    const request = testingRequest(number)
    await audit.request(request, undefined)?.then(
      () => acknowledged.push(request.id),
      (error: unknown) => expect(error).toMatchObject({ code: 'unavailable' }),
    )
  }
  const first = await place.open()
  await first.enable('file', fileDevice())
  await first.close()
  const outputs = { outputs: (...args: Parameters<typeof outputFor>) => fate.over(outputFor(...args)) }
  const second = await place.open(outputs)
  await send(second, 1)
  await send(second, 2)
  if (rotate) await rename(file, `${file}.1`)
  await second.reopen()
  await send(second, 3)
  await second.close()
  const third = await place.open(outputs)
  await send(third, 4)
  await third.close()
  const last = await place.open()
  await send(last, 5)
  await last.close()
  const { publicOnly, full } = await verifyInputs(last)
  const files = rotate ? [`${file}.1`, file] : [file]
  const text = (await Promise.all(files.map((name) => readFile(name, 'utf8')))).join('')
  const results = [await verify(files, publicOnly), await verify(files, full)]
  return { acknowledged, text, results }
}

// A device that still fails when its process ends can't say any more how a file ends that was moved away meanwhile.
const ENDS_WHILE_FAILING = 5

for (const failures of [1, 2, ENDS_WHILE_FAILING])
  for (const short of [0, 30, 5000]) {
    test(`whichever write fails, ${failures} in a row after ${short} bytes: what was acknowledged is there, and it verifies`, async () => {
      for (let nth = 1, fired = true; fired; nth++) {
        const fate = new Fate(nth, failures, short)
        const { acknowledged, text, results } = await session(fate, failures < ENDS_WHILE_FAILING)
        for (const { problem } of results) expect({ nth, problem }).toEqual({ nth, problem: undefined })
        for (const id of acknowledged) expect(text.split(id)).toHaveLength(2)
        expect(acknowledged.length).toBeGreaterThanOrEqual(5 - failures)
        fired = fate.fired
      }
    })
  }
