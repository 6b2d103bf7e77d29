import { expect, test } from 'vitest'
import type { Log } from '../../engines/engine.ts'
import { sealed, VaultReplaced } from '../../engines/errors.ts'
import { StorageError } from '../../storage/backend.ts'
import type { Output } from './outputs/output.ts'
import { outputFor } from './outputs/output-for.ts'
import { FaultyOutput } from './testing-faults.ts'
import { fileDevice, record, TestingInstallation, testingRequest } from './testing-records.ts'

/** What the server's log tells of a device that fails: little, however much is refused meanwhile. */

interface Line {
  readonly level: string
  readonly message: string
  readonly [field: string]: unknown
}

function listening() {
  const lines: Line[] = []
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ ...fields, level, message })
  }
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { log, lines }
}

async function place(options: Readonly<Record<string, string>> = {}) {
  const installation = await TestingInstallation.create()
  const { log, lines } = listening()
  const outputs: FaultyOutput[] = []
  const audit = await installation.open({
    log,
    outputs: (spec, given) => {
      const output = new FaultyOutput(outputFor(spec, given))
      outputs.push(output)
      return output as Output
    },
  })
  await audit.enable('file', fileDevice(options))
  const pass = (seconds: number) => {
    installation.clock.ms += 1000 * seconds
  }
  return { audit, lines, output: outputs[0] as FaultyOutput, pass }
}

test('requests that a failing device refuses tell the caller, and the log once, then once a minute how many', async () => {
  const { audit, lines, output, pass } = await place()
  const refuse = async (count: number) => {
    for (let number = 0; number < count; number++) {
      const error = await audit.request(testingRequest(number), undefined)?.catch((thrown: unknown) => thrown)
      // A cause is what is logged of each request that is refused.
      expect(error).toMatchObject({ code: 'unavailable' })
      expect(error).not.toHaveProperty('cause')
    }
  }
  output.failures = 1_000_000
  await refuse(1)
  const line = { level: 'error', device: 'file/', required: true, error: 'ENOSPC: no space left on device' }
  const begins = { ...line, message: 'audit device is failing', records: 1 }
  expect(lines).toEqual([begins])
  await refuse(20)
  pass(59)
  await refuse(9)
  expect(lines).toEqual([begins])
  pass(2)
  await refuse(6)
  // The device is looked after once a second too, which may be what is told with.
  const records = expect.toSatisfy((count: number) => count >= 29 && count <= 35)
  expect(lines.slice(1)).toEqual([{ ...line, message: 'audit device is still failing', records }])
  await audit.close()
})

test('that a device works again is told once it has for a while, with what was refused in all', async () => {
  const { audit, lines, output, pass } = await place()
  const fail = async (number: number) => {
    output.failures = 1_000_000
    await expect(audit.request(testingRequest(number), undefined)).rejects.toMatchObject({ code: 'unavailable' })
    output.failures = 0
  }
  for (let number = 0; number < 10; number++) {
    await fail(number)
    await record(audit, 1)
    pass(1)
  }
  expect(lines.map(({ message }) => message)).toEqual(['audit device is failing'])
  pass(5)
  await expect
    .poll(() => lines.slice(1))
    .toEqual([{ level: 'info', message: 'audit device works again', device: 'file/', records: 10, seconds: 9 }])
  await fail(11)
  expect(lines.slice(2)).toMatchObject([{ level: 'error', message: 'audit device is failing', records: 1 }])
  await audit.close()
})

test('a device that requests do not wait for tells what it lost likewise', async () => {
  const { audit, lines, output, pass } = await place({ delivery: 'best-effort' })
  output.failures = 1_000_000
  expect(audit.request(testingRequest(1), undefined)).toBeUndefined()
  await expect.poll(() => lines).toMatchObject([{ message: 'audit device is failing', required: false, records: 1 }])
  output.failures = 0
  await record(audit, 1)
  pass(6)
  await expect.poll(() => lines.slice(1)).toMatchObject([{ message: 'audit device works again', records: 1 }])
  await audit.close()
})

test('that the device table cannot be read is told once, and that it can again; not that the vault was replaced or sealed', async () => {
  const installation = await TestingInstallation.create()
  const { log, lines } = listening()
  let refusal: Error | undefined
  let looked = 0
  const refresh = async () => {
    looked++
    if (refusal !== undefined) throw refusal
    await installation.store.refresh()
  }
  const store = new Proxy(installation.store, {
    get: (real, name) => (name === 'refresh' ? refresh : Reflect.get(real, name).bind(real)),
  })
  const audit = await installation.open({ log, store })
  const looksTwice = async (thrown: Error | undefined) => {
    refusal = thrown
    looked = 0
    await expect.poll(() => looked).toBeGreaterThanOrEqual(2)
  }
  const away = new StorageError('unavailable', 'away')
  await looksTwice(new VaultReplaced())
  await looksTwice(sealed())
  await looksTwice(away)
  expect(lines).toEqual([{ level: 'warn', message: 'the audit device table could not be read', err: away }])
  await looksTwice(undefined)
  expect(lines.slice(1)).toEqual([{ level: 'info', message: 'the audit device table can be read again' }])
  await audit.close()
})
