import type { IssuedAuth, WrapInfo } from '../../../engines/engine.ts'
import type { AuditCaller, AuditRequest, AuditResponse, KeptText } from '../../core/audit-port.ts'
import { rfc3339, rfc3339Seconds } from '../timestamp.ts'
import { BoundedMap } from './bounded-map.ts'
import { type ClearNames, clearNames } from './clear-names.ts'
import { Redactor } from './redactor.ts'
import { again, type ShorthandWriter, shared } from './shorthand.ts'

/** What of a device's options changes how records read. */
export interface RecordOptions {
  readonly logRaw: boolean
  readonly hmacAccessor: boolean
  readonly elideListResponses: boolean
}

/** Lower-case names of the request headers that are audited, and whether their values are hashed. */
export type AuditedHeaders = ReadonlyMap<string, { readonly hmac: boolean }>

const CALLERS_MAX = 10_000
const MOUNTS_MAX = 4096
const NO_CLEAR: ClearNames = clearNames([])
const NO_ORIGIN: OriginText = { operation: '', mount: '', namespacePath: '', text: '' }

interface TokenText {
  readonly token: string
  readonly accessor: string
}

interface CallerText extends TokenText {
  readonly namespaceId: string
  /** The `auth` object without braces. */
  readonly auth: string
  /** Of the last request, which the next one mostly is like. */
  origin: OriginText
}

/** What stands in the `request` object between its id and its path: the same for what a caller does again and again. */
interface OriginText {
  readonly operation: string
  readonly mount: string
  readonly namespacePath: string
  readonly text: string
}

interface MountText {
  readonly path: string
  readonly text: string
}

/**
 * Makes the text of records, in Vault's JSON shape and without the closing brace: the stream adds its place in the
 * chain. Parts that stay the same are made once per caller, mount and header set, and put together as text.
 */
export class RecordWriter {
  readonly #redactor: Redactor
  readonly #options: RecordOptions
  readonly #shorthand: ShorthandWriter | undefined
  readonly #callers = new WeakMap<AuditCaller, CallerText>()
  /** By token hash: a caller object may be made anew for each request, its token's HMAC need not. */
  readonly #tokens = new BoundedMap<string, TokenText>(CALLERS_MAX)
  readonly #mounts = new BoundedMap<string, MountText>(MOUNTS_MAX)
  readonly #paths = new LastLiteral()
  readonly #addresses = new LastLiteral()
  #headers: AuditedHeaders | undefined

  /** With `shorthand`, records are what its reader can read, and each belongs to the batch that is gathered when it is made. */
  constructor(salt: Uint8Array, options: RecordOptions, shorthand?: ShorthandWriter) {
    this.#redactor = new Redactor(salt, options.logRaw, shorthand)
    this.#options = options
    this.#shorthand = shorthand
  }

  /** 'hmac-sha256:…' as records show `input`. */
  hash(input: string): string {
    return this.#redactor.hash(input)
  }

  /** Headers to be audited from now on; undefined: none. */
  setHeaders(headers: AuditedHeaders | undefined): void {
    this.#headers = headers
  }

  request(record: AuditRequest, error: string | undefined): string {
    const kept = this.#sharedText(record, this.#shorthand?.newName())
    record.kept = kept
    const both = `"auth":{${kept.auth}},"request":${kept.request}`
    const said = kept.name === undefined ? both : shared(kept.name, both)
    const text = `{"time":"${rfc3339(record.timeMs)}","type":"request",${said}`
    return error === undefined ? text : `${text},"error":${shortened(error)}`
  }

  response(record: AuditRequest, response: AuditResponse, timeMs: number): string {
    const kept = this.#keptText(record) ?? this.#sharedText(record, undefined)
    const issued = response.auth === null ? undefined : this.#issuedAuth(response.auth)
    const said = this.#saidAgain(record, kept, issued)
    const text = `{"time":"${rfc3339(timeMs)}","type":"response",${said},"response":${this.#response(record, response, issued)}`
    return response.error === undefined ? text : `${text},"error":${shortened(response.error)}`
  }

  /** The record that is written before a device is taken into use. */
  test(id: string, timeMs: number): string {
    return `{"time":"${rfc3339(timeMs)}","type":"request","auth":{"token_type":"default"},"request":{"id":"${id}","operation":"update","namespace":{"id":"root"},"path":"sys/audit/test"}`
  }

  /** Forgets the salt. */
  destroy(): void {
    this.#redactor.destroy()
  }

  #accessor(accessor: string): string {
    return this.#options.hmacAccessor ? this.#redactor.text(accessor) : JSON.stringify(accessor)
  }

  #newAccessor(accessor: string): string {
    return this.#options.hmacAccessor ? this.#redactor.newText(accessor) : JSON.stringify(accessor)
  }

  /** If it still means something. */
  #keptText({ kept }: AuditRequest): KeptText | undefined {
    let text = kept
    while (text !== undefined && text.by !== this) text = text.next
    return text === undefined || !text.isMarked || text.batch === this.#shorthand?.batch ? text : undefined
  }

  #sharedText(record: AuditRequest, name: string | undefined): KeptText {
    const { batch = 0, count = 0 } = this.#shorthand ?? {}
    const auth = this.#auth(record)
    const request = this.#request(record)
    const isMarked = this.#shorthand !== undefined && this.#shorthand.count > count
    return { by: this, auth, request, next: record.kept, batch, isMarked, name }
  }

  #saidAgain(record: AuditRequest, kept: KeptText, issued: string | undefined): string {
    // A login has no caller until it has succeeded.
    const isLogin = record.caller === undefined && issued !== undefined
    if (!isLogin && kept.name !== undefined && kept.batch === this.#shorthand?.batch) return again(kept.name)
    return `"auth":{${isLogin ? issued : kept.auth}},"request":${kept.request}`
  }

  #auth(record: AuditRequest): string {
    if (record.caller === undefined) return '"token_type":"default"'
    return this.#caller(record.caller, record).auth
  }

  #caller(caller: AuditCaller, { token, namespaceId }: AuditRequest): CallerText {
    const known = this.#callers.get(caller)
    if (known !== undefined && known.namespaceId === namespaceId) return known
    const secrets = this.#tokenText(caller, token)
    const { head, tail } = callerText(caller, secrets)
    // A token of a namespace above has that one's policies.
    const auth = head + policyResults(caller, caller.from ?? namespaceId) + tail
    const made = { ...secrets, namespaceId, auth, origin: NO_ORIGIN }
    this.#callers.set(caller, made)
    return made
  }

  #tokenText(caller: AuditCaller, token: string | undefined): TokenText {
    const known = this.#tokens.get(caller.tokenHash)
    if (known !== undefined) return known
    const keep = token !== undefined && caller.tokenHash !== ''
    const made = {
      token: token === undefined ? '' : this.#redactor.text(token),
      accessor: caller.accessor === '' ? '' : this.#accessor(caller.accessor),
    }
    if (keep) this.#tokens.set(caller.tokenHash, made)
    return made
  }

  #mount(record: AuditRequest): string {
    if (record.mountPath === '') return ''
    const known = this.#mounts.get(record.mountAccessor)
    if (known !== undefined && known.path === record.mountPath) return known.text
    const accessor = record.mountAccessor === '' ? '' : `,"mount_accessor":${JSON.stringify(record.mountAccessor)}`
    const text = `"mount_point":${JSON.stringify(record.mountPath)},"mount_type":${JSON.stringify(record.mountType)}${accessor},"mount_class":"${record.mountClass}"`
    if (accessor !== '') this.#mounts.set(record.mountAccessor, { path: record.mountPath, text })
    return text
  }

  #request(record: AuditRequest): string {
    let text = `{"id":"${record.id}"${this.#origin(record)},"path":${this.#paths.of(record.path)}`
    const data = this.#redactor.data(record.data, clearNames(record.clearRequest), CLEAR_MAX_CHARS)
    if (data !== '') text += `,"data":${data}`
    const { remoteAddress, remotePort } = record.connection
    if (remoteAddress !== '')
      text += `,"remote_address":${this.#addresses.of(remoteAddress)},"remote_port":${remotePort}`
    if (record.wrapTtlSeconds !== undefined && record.wrapTtlSeconds > 0) text += `,"wrap_ttl":${record.wrapTtlSeconds}`
    if (this.#headers !== undefined) text += this.#headersOf(record, this.#headers)
    if (record.protocol !== 'rest') text += `,"protocol":"${record.protocol}"`
    return `${text}}`
  }

  #origin(record: AuditRequest): string {
    const mount = this.#mount(record)
    if (record.caller === undefined) {
      const hasToken = record.token !== undefined && record.token !== ''
      return originText(record, mount, hasToken ? `,"client_token":${this.#redactor.text(record.token)}` : '')
    }
    const caller = this.#caller(record.caller, record)
    const { origin } = caller
    const { operation, namespacePath } = record
    if (origin.mount === mount && origin.operation === operation && origin.namespacePath === namespacePath)
      return origin.text
    let secrets = caller.token === '' ? '' : `,"client_token":${caller.token}`
    if (caller.accessor !== '') secrets += `,"client_token_accessor":${caller.accessor}`
    const text = originText(record, mount, secrets)
    caller.origin = { operation, mount, namespacePath, text }
    return text
  }

  #headersOf(record: AuditRequest, audited: AuditedHeaders): string {
    let text = ''
    for (const [name, { hmac }] of audited) {
      const value = Object.hasOwn(record.headers, name) ? record.headers[name] : undefined
      if (value === undefined) continue
      const shown = hmac ? this.#redactor.text(value) : JSON.stringify(value)
      text += `${text === '' ? '' : ','}${JSON.stringify(name)}:[${shown}]`
    }
    return text === '' ? '' : `,"headers":{${text}}`
  }

  /** `issued`: what `#issuedAuth` says of it. */
  #response(record: AuditRequest, response: AuditResponse, issued: string | undefined): string {
    let text = issued === undefined ? '' : `"auth":{${issued}}`
    const mount = this.#mount(record)
    if (mount !== '') text = listed(text, mount)
    if (response.leaseId !== '') text = listed(text, `"secret":{"lease_id":${JSON.stringify(response.leaseId)}}`)
    const data =
      response.error === undefined
        ? this.#responseData(record, response)
        : this.#redactor.data({ error: response.error }, NO_CLEAR)
    if (data !== '') text = listed(text, `"data":${data}`)
    if (response.warnings !== null && response.warnings.length > 0)
      text = listed(text, `"warnings":[${response.warnings.map(shortened).join(',')}]`)
    if (response.wrapInfo !== null) text = listed(text, `"wrap_info":${this.#wrapInfo(response.wrapInfo)}`)
    return `{${text}}`
  }

  #responseData(record: AuditRequest, response: AuditResponse): string {
    const clear = clearNames(record.clearResponse)
    if (!this.#options.elideListResponses || record.operation !== 'list' || response.data === null)
      return this.#redactor.data(response.data, clear)
    const { keys, key_info: keyInfo, ...rest } = response.data
    const shown: Record<string, unknown> = { ...rest }
    const counted = new Set(clear.top)
    if (keys !== undefined) shown.keys = count('keys', keys, counted)
    if (keyInfo !== undefined) shown.key_info = count('key_info', keyInfo, counted)
    return this.#redactor.data(shown, { top: counted, deep: clear.deep })
  }

  #issuedAuth(auth: IssuedAuth): string {
    if (auth.mfaRequirement !== undefined) {
      const { requestId, constraints } = auth.mfaRequirement
      const names = JSON.stringify(constraints.map(({ name }) => name))
      return `"mfa_requirement":{"mfa_request_id":${this.#redactor.text(requestId)},"mfa_constraints":${names}}`
    }
    const parts = [`"client_token":${this.#redactor.newText(auth.clientToken)}`]
    if (auth.accessor !== '') parts.push(`"accessor":${this.#newAccessor(auth.accessor)}`)
    if (auth.displayName) parts.push(`"display_name":${JSON.stringify(auth.displayName)}`)
    parts.push(...policyLists(auth.policies, auth.tokenPolicies, auth.identityPolicies))
    if (hasMembers(auth.metadata)) parts.push(`"metadata":${JSON.stringify(auth.metadata)}`)
    if (auth.numUses > 0) parts.push(`"num_uses":${auth.numUses}`)
    if (auth.entityId !== '') parts.push(`"entity_id":${JSON.stringify(auth.entityId)}`)
    parts.push(`"token_type":"${auth.tokenType}"`)
    if (auth.leaseDurationSeconds > 0) parts.push(`"token_ttl":${auth.leaseDurationSeconds}`)
    return parts.join(',')
  }

  #wrapInfo(wrap: WrapInfo): string {
    let text = `{"ttl":${wrap.ttlSeconds},"token":${this.#redactor.text(wrap.token)}`
    if (wrap.accessor !== '') text += `,"accessor":${this.#accessor(wrap.accessor)}`
    text += `,"creation_time":"${rfc3339(wrap.creationTimeMs)}","creation_path":${JSON.stringify(wrap.creationPath)}`
    if (wrap.wrappedAccessor !== '') text += `,"wrapped_accessor":${this.#accessor(wrap.wrappedAccessor)}`
    return `${text}}`
  }
}

/**
 * Of a field that a request shows in clear: nobody needs more of it to tell what was asked, what is pasted into the wrong
 * field mostly is, and a device takes so much at a time.
 */
const CLEAR_MAX_CHARS = 64 * 1024
/** Of an error or a warning, which may quote what was sent. */
const MESSAGE_MAX_CHARS = 1000

/** As a JSON string literal. */
function shortened(message: string): string {
  return JSON.stringify(message.length > MESSAGE_MAX_CHARS ? `${message.slice(0, MESSAGE_MAX_CHARS)}…` : message)
}

/** JSON of texts that mostly are the one before. */
class LastLiteral {
  #text = ''
  #literal = '""'

  of(text: string): string {
    if (text !== this.#text) {
      this.#text = text
      this.#literal = JSON.stringify(text)
    }
    return this.#literal
  }
}

const listed = (list: string, more: string): string => (list === '' ? more : `${list},${more}`)

function originText(record: AuditRequest, mount: string, secrets: string): string {
  const { operation, namespaceId, namespacePath } = record
  const path = namespacePath === '' ? '' : `,"path":${JSON.stringify(namespacePath)}`
  const place = mount === '' ? '' : `,${mount}`
  return `,"operation":"${operation}"${place}${secrets},"namespace":{"id":${JSON.stringify(namespaceId)}${path}}`
}

/** How many there are, marked as clear; what is no container is left as it is. */
function count(name: string, value: unknown, clear: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  clear.add(name)
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

function policyLists(all: readonly string[], token: readonly string[], identity: readonly string[]): string[] {
  const parts: string[] = []
  const text = JSON.stringify(all)
  if (all.length > 0) parts.push(`"policies":${text}`)
  if (token.length > 0) parts.push(`"token_policies":${token === all ? text : JSON.stringify(token)}`)
  if (identity.length > 0) parts.push(`"identity_policies":${JSON.stringify(identity)}`)
  return parts
}

function policyResults(caller: AuditCaller, namespaceId: string): string {
  const results = caller.policyResults
  if (results === undefined) return ''
  if (results.grantingPolicies.length === 0) return `,"policy_results":{"allowed":${results.allowed}}`
  let granting = ''
  for (const name of results.grantingPolicies)
    granting += `${granting === '' ? '' : ','}{"name":${JSON.stringify(name)},"namespace_id":${JSON.stringify(namespaceId)},"type":"acl"}`
  return `,"policy_results":{"allowed":${results.allowed},"granting_policies":[${granting}]}`
}

function callerText(caller: AuditCaller, secrets: TokenText): { head: string; tail: string } {
  const head: string[] = []
  if (secrets.token !== '') head.push(`"client_token":${secrets.token}`)
  if (secrets.accessor !== '') head.push(`"accessor":${secrets.accessor}`)
  head.push(`"display_name":${JSON.stringify(caller.displayName)}`)
  const all = caller.identityPolicies.length === 0 ? caller.policies : union(caller.policies, caller.identityPolicies)
  head.push(...policyLists(all, caller.policies, caller.identityPolicies))
  if (caller.noDefaultPolicy) head.push('"no_default_policy":true')
  const tail: string[] = ['']
  if (hasMembers(caller.meta)) tail.push(`"metadata":${JSON.stringify(caller.meta)}`)
  if (caller.remainingUses > 0) tail.push(`"remaining_uses":${caller.remainingUses}`)
  if (caller.entityId !== '') tail.push(`"entity_id":${JSON.stringify(caller.entityId)}`)
  tail.push(`"token_type":"${caller.type}"`)
  if (caller.tokenTtlSeconds > 0) tail.push(`"token_ttl":${caller.tokenTtlSeconds}`)
  if (caller.tokenIssueTimeMs > 0) tail.push(`"token_issue_time":"${rfc3339Seconds(caller.tokenIssueTimeMs)}"`)
  return { head: head.join(','), tail: tail.join(',') }
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])].sort()
const hasMembers = (map: Readonly<Record<string, string>> | null): boolean =>
  map !== null && Object.keys(map).length > 0
