import { rm } from 'node:fs/promises'
import {
  fileDevice,
  TestingInstallation,
  testingCaller,
  testingRequest,
  testingResponse,
} from '../../server/audit/testing-records.ts'

/**
 * What the two audit records of a request cost on a file device: CPU of the whole process (write threads included) and
 * wall time, per request, with so many requests in flight. Run: bin/with-node node bench/micro/audit.ts
 */
const REQUESTS = 200_000

async function measure(inFlight: number): Promise<void> {
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('file', fileDevice())
  let number = 0
  const client = async () => {
    while (number < REQUESTS) {
      // A cached token's caller is one object; path and reply differ from request to request.
      const request = testingRequest(number, { caller: testingCaller, path: `secret/data/app-${number % 1000}` })
      number++
      // Goes out in one flush with the response's record, which is awaited.
      void audit.request(request, undefined)
      await audit.response(request, testingResponse())
    }
  }
  const cpu = process.cpuUsage()
  const start = performance.now()
  await Promise.all(Array.from({ length: inFlight }, client))
  const wallUs = ((performance.now() - start) * 1000) / REQUESTS
  const used = process.cpuUsage(cpu)
  const cpuUs = (used.user + used.system) / REQUESTS
  await audit.close()
  await rm(place.folder, { recursive: true })
  process.stdout.write(
    `audit, file device, ${inFlight} in flight: ${cpuUs.toFixed(1)} us CPU, ${wallUs.toFixed(1)} us wall a request\n`,
  )
}

await measure(64)
await measure(1)
await measure(64)
