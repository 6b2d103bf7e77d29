import { EgideError, invalid, VaultReplaced } from '../../engines/errors.ts'
import type { AuditDeviceInfo, AuditDeviceSpec, AuditEvidence } from '../../engines/system/services/audit.ts'
import type { Revision } from '../../storage/backend.ts'
import type { AuditRequest, AuditResponse } from '../core/audit-port.ts'
import { Serial } from '../serial.ts'
import type { Device } from './device.ts'
import { type DeviceSettings, deviceSettings, newDeviceSettings } from './device-options.ts'
import type { AuditBroker, AuditLogOptions, DeclaredDevice } from './log.ts'
import { makeDevice } from './make-device.ts'
import { refuseSharedFile } from './outputs/shared-file.ts'
import { type AuditedHeaders, RecordWriter } from './records/record.ts'
import { AuditTable, type DeviceEntry, devicePath, type HeaderTable, newEntry, streamKeys } from './table.ts'

const REFRESH_MS = 1000

/** The audit log of one unsealed node. */
export function createAuditLog(options: AuditLogOptions): AuditBroker {
  return new Broker(options)
}

interface Running {
  readonly entry: DeviceEntry
  readonly device: Device
}

class Broker implements AuditBroker {
  readonly #options: AuditLogOptions
  readonly #table: AuditTable
  #running: readonly Running[] = []
  /** The devices of `#running`, replaced whole: what the hot path walks. */
  #devices: readonly Device[] = []
  #isRefusing = false
  #headerTable: HeaderTable = {}
  /** Of the table, when it was last taken over. */
  #epoch = -1
  #headers: AuditedHeaders | undefined
  #state: 'new' | 'open' | 'closed' = 'new'
  #isTableUnread = false
  #timer: NodeJS.Timeout | undefined
  /** What changes the devices, or the table of them. */
  readonly #changes = new Serial()
  #joint: { readonly a: Promise<void>; readonly b: Promise<void>; readonly both: Promise<void> } | undefined

  constructor(options: AuditLogOptions) {
    this.#options = options
    this.#table = new AuditTable(options.store)
  }

  catchUp(): Promise<void> | undefined {
    if (this.#state !== 'open') return undefined
    const epoch = this.#table.epoch()
    if (epoch instanceof Promise) return epoch.then((late) => this.#catchUpWith(late))
    return this.#catchUpWith(epoch)
  }

  #catchUpWith(epoch: Revision): Promise<void> | undefined {
    return epoch === this.#epoch ? undefined : this.refresh()
  }

  request(record: AuditRequest, error: string | undefined): Promise<void> | undefined {
    if (this.#state !== 'open') return refused(notOpen())
    let wait: Promise<void> | undefined
    for (const device of this.#devices) wait = this.#join(wait, device.request(record, error))
    return wait
  }

  response(record: AuditRequest, response: AuditResponse): Promise<void> | undefined {
    if (this.#state !== 'open') return refused(notOpen())
    const now = this.#options.clock.now()
    let wait: Promise<void> | undefined
    for (const device of this.#devices) wait = this.#join(wait, device.response(record, response, now))
    return wait
  }

  open(): Promise<void> {
    return this.#changes.run(async () => {
      if (this.#state !== 'new') throw new Error('an audit log is opened once')
      await this.#takeOver()
      this.#state = 'open'
      this.#timer = setInterval(() => void this.#tick(), REFRESH_MS).unref()
    })
  }

  declare(devices: readonly DeclaredDevice[]): Promise<void> {
    return this.#changes.run(async () => {
      const wanted = devices.map((device) => ({ ...device, path: devicePath(device.path) }))
      for (const device of wanted) newDeviceSettings(device.type, device.options)
      await this.#table.refresh()
      const known = await this.#table.devices()
      const kept = known.filter((entry) => !entry.declared && !wanted.some(({ path }) => path === entry.path))
      for (const [number, device] of wanted.entries())
        await refuseSharedFile(device, [...kept, ...wanted.slice(0, number)], this.#options)
      for (const entry of known)
        if (entry.declared && !wanted.some(({ path }) => path === entry.path)) await this.#table.remove(entry)
      for (const device of wanted) await this.#declareOne(device)
      await this.#takeOver()
    })
  }

  refresh(): Promise<void> {
    return this.#changes.run(async () => {
      if (this.#state !== 'open') return
      await this.#table.refresh()
      if ((await this.#table.epoch()) !== this.#epoch) await this.#takeOver()
    })
  }

  reopen(): Promise<boolean> {
    return this.#changes.run(async () => {
      const reopened = await Promise.all(this.#devices.map((device) => device.reopen()))
      return reopened.every((isOpen) => isOpen)
    })
  }

  close(): Promise<void> {
    return this.#changes.run(async () => {
      // Here, not before: what opens it may have its turn yet.
      clearInterval(this.#timer)
      this.#state = 'closed'
      const closing = this.#devices
      this.#run([])
      await Promise.all(closing.map((device) => device.close()))
    })
  }

  async list(): Promise<readonly AuditDeviceInfo[]> {
    return (await this.#table.devices()).map(({ path, type, description, local, options }) => ({
      path,
      type,
      description,
      local,
      options,
    }))
  }

  enable(path: string, spec: AuditDeviceSpec): Promise<void> {
    return this.#changes.run(async () => {
      if (this.#options.apiCreation === false) throw invalid('cannot enable audit device via API')
      const settings = newDeviceSettings(spec.type, spec.options)
      const entry = newEntry(devicePath(path), { ...spec, declared: false }, this.#options.random)
      if (this.#running.some((other) => overlaps(other.entry.path, entry.path))) throw invalid('path already in use')
      await this.#table.refresh()
      await refuseSharedFile(entry, await this.#table.devices(), this.#options)
      const device = this.#make(entry, settings)
      try {
        await this.#test(device, settings)
        await this.#table.add(entry)
      } catch (error) {
        await device.close()
        await this.#table.remove(entry)
        throw error instanceof EgideError ? error : cannotEnable(entry, error)
      }
      this.#run([...this.#running, { entry, device }])
    })
  }

  disable(path: string): Promise<void> {
    return this.#changes.run(async () => {
      const entry = await this.#table.device(devicePath(path))
      if (entry === undefined) return
      if (entry.declared) throw invalid('cannot disable an audit device that the configuration declares')
      if (this.#options.apiCreation === false) throw invalid('cannot disable audit device via API')
      const found = this.#running.find((other) => other.entry.id === entry.id)
      // The order: nothing may be recorded on it after it is gone from the table, and its last checkpoint is forgotten with it.
      this.#run(this.#running.filter((other) => other !== found))
      await found?.device.close()
      await this.#table.remove(entry)
    })
  }

  async hash(path: string, input: string): Promise<string> {
    const entry = await this.#entry(path)
    const found = this.#running.find((other) => other.entry.id === entry.id)
    if (found !== undefined) return found.device.writer.hash(input)
    const writer = new RecordWriter(entry.salt, deviceSettings(entry.type, entry.options).record)
    return writer.hash(input)
  }

  async headers(): Promise<HeaderTable> {
    return this.#table.headers()
  }

  async setHeader(name: string, hmac: boolean): Promise<void> {
    await this.#table.changeHeaders((headers) => {
      headers[name.toLowerCase()] = { hmac }
    })
    await this.refresh()
  }

  async removeHeader(name: string): Promise<void> {
    await this.#table.changeHeaders((headers) => {
      delete headers[name.toLowerCase()]
    })
    await this.refresh()
  }

  async evidence(path: string): Promise<AuditEvidence> {
    const entry = await this.#entry(path)
    const { verifying, keyId } = streamKeys(entry)
    // So that the evidence covers what was written up to now.
    await this.#devices.find((device) => device.path === entry.path)?.checkpoint()
    const streams = (await this.#table.streams(entry.id)).filter((stored) => stored.seq > 0)
    return {
      device: entry.id,
      publicKey: verifying.export({ type: 'spki', format: 'pem' }).toString(),
      keyId,
      streams: streams.map(({ node, stream, seq, chain, time, line }) => ({
        node,
        stream,
        sequence: seq,
        chain,
        time,
        line,
      })),
    }
  }

  async chainKey(path: string): Promise<string> {
    return (await this.#entry(path)).chainKey.toString('base64')
  }

  /** One promise for all devices of a record. Records of one turn share the parts, and so the whole. */
  #join(a: Promise<void> | undefined, b: Promise<void> | undefined): Promise<void> | undefined {
    if (a === undefined || b === undefined) return a ?? b
    const joint = this.#joint
    if (joint !== undefined && joint.a === a && joint.b === b) return joint.both
    const both = Promise.all([a, b]).then(nothing)
    both.catch(nothing)
    this.#joint = { a, b, both }
    return both
  }

  async #entry(path: string): Promise<DeviceEntry> {
    const name = devicePath(path)
    const entry = await this.#table.device(name)
    if (entry === undefined) throw invalid(`unknown audit backend ${JSON.stringify(name)}`)
    return entry
  }

  async #tick(): Promise<void> {
    const { log } = this.#options
    try {
      await this.refresh()
      if (this.#isTableUnread) log.info({}, 'the audit device table can be read again')
      this.#isTableUnread = false
    } catch (error) {
      // Once: it is tried each second. A vault that was replaced, or sealed by another node, is opened anew, with an audit
      // log of its own.
      const isOver = error instanceof VaultReplaced || (error instanceof EgideError && error.code === 'sealed')
      const isTold = this.#isTableUnread || isOver
      if (!isTold) log.warn({ err: error }, 'the audit device table could not be read')
      this.#isTableUnread ||= !isTold
    }
    await Promise.all(this.#devices.map((device) => device.tick()))
  }

  /** Makes what runs be what the table says. */
  async #takeOver(): Promise<void> {
    await this.#table.refresh()
    const epoch = await this.#table.epoch()
    const entries = await this.#table.devices()
    this.#setHeaders(await this.#table.headers())
    const gone = this.#running.filter((old) => !entries.some((entry) => isSame(entry, old.entry)))
    const opened: Device[] = []
    const running = entries.map((entry) => {
      const known = this.#running.find((old) => isSame(entry, old.entry))
      if (known !== undefined) return known
      const device = this.#make(entry, deviceSettings(entry.type, entry.options))
      opened.push(device)
      return { entry, device }
    })
    if (gone.length === 0 && opened.length === 0) {
      this.#epoch = epoch
      return
    }
    // A new device on the file of an old one must find the old one's last line there.
    await Promise.all(gone.map(({ device }) => device.close()))
    this.#run(running)
    await Promise.all(opened.map((device) => device.open()))
    this.#epoch = epoch
  }

  async #declareOne(device: DeclaredDevice): Promise<void> {
    const { path, type, description, local, options } = device
    const existing = await this.#table.device(path)
    if (existing === undefined)
      return this.#table.add(newEntry(path, { ...device, declared: true }, this.#options.random))
    const entry = { ...existing, type, description, local, options, declared: true }
    if (!isSame(entry, existing)) await this.#table.replace(entry)
  }

  #make(entry: DeviceEntry, settings: DeviceSettings): Device {
    const evidence = this.#table.keeper(entry.id, this.#options.nodeId)
    const onTurn = () => this.#tellRefusing()
    const device = makeDevice(this.#options, { entry, settings, evidence, onTurn })
    device.writer.setHeaders(this.#headers)
    return device
  }

  async #test(device: Device, settings: DeviceSettings): Promise<void> {
    const { clock, random } = this.#options
    if (!settings.skipTest) return device.test([device.writer.test(random.uuid(), clock.now())])
    // Where every record is required, one that can't be opened would have all requests refused, also the one that ends it.
    if (device.required) await device.test([])
    else await device.open()
  }

  #run(running: readonly Running[]): void {
    this.#running = running
    this.#devices = running.map(({ device }) => device)
    this.#tellRefusing()
  }

  #tellRefusing(): void {
    const isRefusing = this.#devices.some(({ required, isFailing }) => required && isFailing)
    if (isRefusing === this.#isRefusing) return
    this.#isRefusing = isRefusing
    this.#options.onRefusing?.(isRefusing)
  }

  #setHeaders(table: HeaderTable): void {
    if (table === this.#headerTable) return
    this.#headerTable = table
    const names = Object.entries(table)
    this.#headers = names.length === 0 ? undefined : new Map(names)
    for (const device of this.#devices) device.writer.setHeaders(this.#headers)
  }
}

const nothing = (): void => {}
const notOpen = (): EgideError => new EgideError('unavailable', 'the audit log is not open: the request is not served')

/** Rejected, which nobody has to look at. */
function refused(why: EgideError): Promise<void> {
  const promise = Promise.reject(why)
  promise.catch(nothing)
  return promise
}

const overlaps = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a)

function isSame(a: DeviceEntry, b: DeviceEntry): boolean {
  return (
    a.id === b.id &&
    a.type === b.type &&
    a.description === b.description &&
    a.local === b.local &&
    a.declared === b.declared &&
    JSON.stringify(a.options) === JSON.stringify(b.options)
  )
}

function cannotEnable(entry: DeviceEntry, error: unknown): EgideError {
  const reason = error instanceof Error ? error.message : String(error)
  return new EgideError('invalid_request', `audit device ${entry.path} failed its test: ${reason}`, { cause: error })
}
