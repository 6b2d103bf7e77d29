import { signed } from '../../test/aws/signed.ts'
import type { GrpcPlan, Numbering } from '../load/plan.ts'
import { type HttpRow, isGrpc, type Row } from './row.ts'

/** Stands in a request for a number. */
export const NUMBER = '@@@@@@@@@'

/** Who sends the requests. */
export interface Caller {
  readonly token: string
  /** Where the server speaks the AWS KMS protocol. */
  readonly awsKey?: AwsKey | undefined
}

export interface AwsKey {
  readonly accessKeyId: string
  readonly secret: string
}

export function grpcPlanOf(row: Row, { token }: Caller): GrpcPlan | undefined {
  return isGrpc(row) ? { path: row.method, token, underWay: row.underWay, isStream: row.isStream } : undefined
}

/** The body of a row's requests; `made` is the value of its member that a request made. */
export function bodyOf(row: HttpRow, made: string | undefined): unknown {
  if (row.made === undefined || made === undefined) return row.body
  return { ...(row.body as object | undefined), [row.made.member]: made }
}

/** The path of a row's requests, below /v1/. */
export function pathOf(row: HttpRow, made: string | undefined): string {
  return row.madePath === undefined ? row.path : row.path + (made ?? '')
}

/** The whole request, or the message with its length before it, in base64. */
export function requestOf(row: Row, caller: Caller, made?: string): string {
  if (isGrpc(row)) {
    const head = Buffer.alloc(5)
    head.writeUInt32BE(row.message.length, 1)
    return Buffer.concat([head, row.message]).toString('base64')
  }
  const sent = bodyOf(row, made)
  const body = sent === undefined ? '' : JSON.stringify(sent)
  if (row.aws !== undefined) {
    const { path, headers } = awsRequest('http://127.0.0.1', row.aws, body, caller)
    return whole(`POST ${path}`, headers, body)
  }
  const headers: Record<string, string> = { Host: '127.0.0.1', 'X-Vault-Request': 'true' }
  if (row.isAnonymous !== true) headers['X-Vault-Token'] = caller.token
  if (body !== '') headers['Content-Type'] = 'application/json'
  return whole(`${row.method} /v1/${pathOf(row, made)}`, headers, body)
}

function whole(line: string, headers: Readonly<Record<string, string>>, body: string): string {
  const head = [`${line} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
  if (body !== '') head.push(`Content-Length: ${body.length}`)
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`).toString('base64')
}

/** Signed now, which servers believe for some minutes. `body`: only what is ASCII. */
export function awsRequest(address: string, operation: string, body: string, { awsKey }: Caller) {
  if (awsKey === undefined) throw new Error('the caller has no access key')
  return signed(address, {
    ...awsKey,
    region: 'us-east-1',
    service: 'kms',
    timeMs: Date.now(),
    operation,
    body,
    signedHeaders: ['content-type', 'host', 'x-amz-date', 'x-amz-target'],
    headers: {},
  })
}

/** So many numbers a run may use up. */
const NUMBERS_A_RUN = 1_000_000
let runs = 0

/** Numbers of its own for one run, also against the same server. */
export function numberingOf(row: Row): Numbering | undefined {
  return !isGrpc(row) && row.isNumbered === true ? { placeholder: NUMBER, first: NUMBERS_A_RUN * runs++ } : undefined
}
