import { describe, expect, test } from 'vitest'
import { parseConnectionUrl } from './connection-url.ts'

const target = (changes: object) => ({
  hosts: [{ host: 'localhost', port: 5432 }],
  database: 'u',
  user: 'u',
  password: undefined,
  sslMode: 'prefer',
  sslRootCert: undefined,
  sslCert: undefined,
  sslKey: undefined,
  connectTimeoutMs: 5000,
  applicationName: 'egide',
  ...changes,
})

const read: Record<string, object> = {
  'postgres://u@': {},
  'postgresql://u@localhost/': {},
  'postgres://u:p%40ss:w%2F@db.example.com:6000/vault?sslmode=verify-full&connect_timeout=3': {
    hosts: [{ host: 'db.example.com', port: 6000 }],
    database: 'vault',
    password: 'p@ss:w/',
    sslMode: 'verify-full',
    connectTimeoutMs: 3000,
  },
  'postgres://u@[::1]:6000,b,10.0.0.1:7000/d?target_session_attrs=read-write': {
    hosts: [
      { host: '::1', port: 6000 },
      { host: 'b', port: 5432 },
      { host: '10.0.0.1', port: 7000 },
    ],
    database: 'd',
  },
  'postgres:///d?host=/var/run/postgresql&user=u&application_name=a%20b': {
    hosts: [{ host: '/var/run/postgresql', port: 5432 }],
    database: 'd',
    applicationName: 'a b',
  },
  "host=a,b port=1,2 user = u password='it\\'s \\\\ x' dbname=d sslmode=require sslrootcert=/ca.pem": {
    hosts: [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ],
    database: 'd',
    password: "it's \\ x",
    sslMode: 'require',
    sslRootCert: '/ca.pem',
  },
  'user=u port=7': { hosts: [{ host: 'localhost', port: 7 }] },
}
const refused: Record<string, RegExp> = {
  "host=a user=u password='it''s secret' dbname=d": /neither/,
  '': /neither/,
  secret: /neither/,
  'mysql://u:secret@h/d': /neither/,
  'postgres://h/d': /names no user/,
  'postgres://u:secret@h:0/d': /a port is/,
  'postgres://u:secret@h:70000/d': /a port is/,
  'postgres://u:secret@h:5432:1/d': /a host that is none/,
  'postgres://u:secret@a,,b/d': /an empty host/,
  'postgres://u:sec%ret@h/d': /starts no escape/,
  'postgres://u:secret@h/d?sslmode=maybe': /sslmode must be one of/,
  'postgres://u:secret@h/d?sslmode': /key=value/,
  'postgres://u:secret@h/d?connect_timeout=0': /connect_timeout/,
  'postgres://u:secret@h/d?target_session_attrs=standby': /takes writes/,
  'postgres://u:secret@h/d?channel_binding=require': /"channel_binding", which is not supported/,
  'host=a,b port=1,2,3 user=u password=secret': /more ports than hosts, or fewer/,
}

describe('a connection string is read', () => {
  for (const [text, changes] of Object.entries(read)) {
    test(text, () => expect(parseConnectionUrl(text)).toEqual(target(changes)))
  }
})

describe('a connection string is refused, and not quoted', () => {
  for (const [text, message] of Object.entries(refused)) {
    test(text || 'nothing', () => {
      expect(() => parseConnectionUrl(text)).toThrow(
        expect.objectContaining({ code: 'invalid', message: expect.stringMatching(message) }),
      )
      expect(() => parseConnectionUrl(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringMatching(/secret|sec%/) }),
      )
    })
  }
})
