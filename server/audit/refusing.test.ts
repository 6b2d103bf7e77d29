import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { AuditLogOptions } from './log.ts'
import type { Output } from './outputs/output.ts'
import { outputFor } from './outputs/output-for.ts'
import { FaultyOutput } from './testing-faults.ts'
import { fileDevice, record, TestingInstallation, testingRequest } from './testing-records.ts'

/** Whether requests are refused for a device, as those hear it who tell load balancers. */

/** A file device that was in use before; every write of it fails while `disk.isFull`. */
async function place(options: Readonly<Record<string, string>>, more: Partial<AuditLogOptions> = {}) {
  const installation = await TestingInstallation.create()
  const before = await installation.open()
  await before.enable('file', fileDevice(options))
  await before.close()
  const disk = { isFull: false }
  const told: boolean[] = []
  const audit = await installation.open({
    onRefusing: (isRefusing) => told.push(isRefusing),
    outputs: (spec, given) => {
      const output = new FaultyOutput(outputFor(spec, given))
      Object.defineProperty(output, 'failures', { get: () => Number(disk.isFull), set: () => {} })
      return output as Output
    },
    ...more,
  })
  return { audit, disk, told }
}

test('that requests are refused is told once, and that they are not any more is found out without one', async () => {
  const { audit, disk, told } = await place({})
  await record(audit, 1)
  disk.isFull = true
  for (const number of [1, 2])
    await expect(audit.request(testingRequest(number), undefined)).rejects.toMatchObject({ code: 'unavailable' })
  // Longer than it takes to look after devices: nobody asks, and it fails as before.
  await sleep(1500)
  expect(told).toEqual([true])
  disk.isFull = false
  await expect.poll(() => told).toEqual([true, false])
  await record(audit, 1, 3)
  disk.isFull = true
  await expect(audit.request(testingRequest(4), undefined)).rejects.toMatchObject({ code: 'unavailable' })
  await audit.close()
  expect(told).toEqual([true, false, true, false])
})

test('a device that need not take records refuses none, failing or not', async () => {
  const failed: string[] = []
  const { audit, disk, told } = await place({ delivery: 'best-effort' }, { onFailure: (device) => failed.push(device) })
  disk.isFull = true
  await record(audit, 1)
  await expect.poll(() => failed.length).toBeGreaterThan(0)
  expect(told).toEqual([])
  await audit.close()
})
