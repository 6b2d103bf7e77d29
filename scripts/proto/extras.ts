import type { PlacedMethod } from './methods.ts'
import type { ProtoField, ProtoMessage } from './model.ts'

/** What has no row, because HTTP has no form of it: streams of events. */

const text = (name: string, comment: string): ProtoField => ({ name, type: 'optional string', comment })
const int = (name: string, comment: string): ProtoField => ({ name, type: 'optional int64', comment })
const bool = (name: string, comment: string): ProtoField => ({ name, type: 'optional bool', comment })
const message = (name: string, comment: string, fields: readonly ProtoField[]): ProtoMessage => {
  return { name, comment, fields, nested: [] }
}

function events(service: string, name: string, comment: string, input: ProtoMessage, output: ProtoMessage) {
  const streams = { inputStreams: false, outputStreams: true }
  const rest = { verb: undefined, path: '', mount: undefined, statusInReply: false }
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
  events(
    'Kv',
    'Watch',
    'Tells of changes to the secrets under a prefix that the token may read, in the order of their revisions, at least ' +
      'once each. It ends when the token ends or no longer may read below the prefix.',
    message('KvWatchRequest', 'Which changes to tell of.', [
      text('mount', "Where the engine is mounted; 'secret' unless set. It may hold slashes."),
      text('prefix', "Only secrets whose path starts so; '' is all."),
      int(
        'after_revision',
        'Only changes after this revision, as an event gave it. Unset: only what changes from now on.',
      ),
    ]),
    message('KvWatchResponse', 'One change, or a mark of how far the stream has come.', [
      text('path', 'Of the secret, below the mount. Unset in a mark.'),
      int('revision', 'Of the store: to be given as after_revision when watching is resumed.'),
      bool('deleted', 'Whether the secret is gone. Several changes in a row may be told as one.'),
      bool('resync', 'Changes were lost, because they are too long ago: list and read anew what is needed.'),
    ]),
  ),
]
