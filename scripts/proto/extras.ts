import type { PlacedMethod } from './methods.ts'
import type { ProtoField, ProtoMessage } from './model.ts'

/** What has no row, because HTTP has no form of it: streams of events. */

const bool = (name: string, comment: string): ProtoField => ({ name, type: 'optional bool', comment })
const message = (name: string, comment: string, fields: readonly ProtoField[]): ProtoMessage => {
  return { name, comment, fields, nested: [] }
}

function events(service: string, name: string, comment: string, input: ProtoMessage, output: ProtoMessage) {
  const streams = { inputStreams: false, outputStreams: true }
  const rest = { verb: undefined, path: '', mayEndEarly: false, mount: undefined, statusInReply: false, events: false }
  return { service, method: { name, comment, input, output, ...streams, ...rest } }
}

export const EXTRAS: readonly PlacedMethod[] = [
  events(
    'Sys',
    'SealEvents',
    'Tells whether the vault is sealed: at once, and whenever that changes. Needs no token.',
    message('SysSealEventsRequest', 'What SysSealEvents is asked: nothing.', []),
    message('SysSealEventsResponse', 'The state of the seal.', [
      bool('initialized', 'Whether the vault has been initialised.'),
      bool('sealed', 'Whether it is sealed.'),
    ]),
  ),
]
