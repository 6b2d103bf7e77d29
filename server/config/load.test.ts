import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type ConfigFlags, loadConfig } from './load.ts'
import { ConfigError, type ServerConfig, type TcpListenerConfig } from './types.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'egide-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

function written(text: string | Buffer, name = `${files++}.hcl`): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

const load = (text: string, env = {}, flags: ConfigFlags = {}) => loadConfig([written(text)], env, flags)
const configOf = (text: string): ServerConfig => load(text).config
const tcpOf = (body: string): TcpListenerConfig =>
  configOf(`listener "tcp" {\n${body}\n}`).listeners[0] as TcpListenerConfig
const PLAIN = 'tls_disable = true'

/** What the config is refused with, without its folder. */
function refusalOf(text: string | Buffer, env = {}): string {
  try {
    loadConfig([written(text, 'x.hcl')], env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(`${folder}/`, '')
    throw error
  }
  return 'it was taken'
}

const warningsOf = (text: string) => load(text).warnings.map(({ line, message }) => `${line}: ${message}`)

test('nothing said is the defaults', () => {
  expect(loadConfig([], {})).toEqual({
    warnings: [],
    config: {
      listeners: [],
      storage: undefined,
      seal: { type: 'shamir' },
      auditDevices: [],
      auditDirectory: undefined,
      apiAddress: undefined,
      clusterAddress: undefined,
      clusterName: undefined,
      logLevel: 'info',
      logFormat: 'standard',
      defaultLeaseTtlSeconds: 2_764_800,
      maxLeaseTtlSeconds: 2_764_800,
      ui: true,
      pidFile: undefined,
      allowApiAuditCreation: true,
      maxRequestsInFlight: undefined,
      telemetry: { otlpEndpoint: undefined },
    },
  })
})

const EVERYTHING_HCL = `
  storage "sqlite" { path = "data/egide.db" }
  listener "tcp" {
    address = "[::1]:8200"
    tls_cert_file = "a.crt"
    tls_key_file = "a.key"
    tls_min_version = "tls12"
    tls_client_ca_file = "ca.crt"
    tls_require_and_verify_client_cert = "true"
    x_forwarded_for_authorized_addrs = ["10.0.0.0/8", "fd00::1, 192.0.2.1"]
    x_forwarded_for_hop_skips = "1"
    x_forwarded_for_reject_not_present = false
    max_request_size = 1024
    max_request_duration = "10s"
    max_request_json_depth = 9
    max_request_json_string_length = 10
    max_request_json_keys = 11
    max_request_json_values = 12
    http_read_timeout = 5
    http_read_header_timeout = "2s"
    http_idle_timeout = "1m"
    max_connections = 7
    custom_response_headers {
      "default" = { "X-A" = ["one", "two"] }
      "4XX" = { "X-B" = "three" }
    }
  }
  listener "unix" { address = "run/egide.sock" socket_mode = "0660" socket_user = "1000" socket_group = "staff" }
  seal "shamir" {}
  audit "file" "deep/file" { description = "all" options { file_path = "audit.log", log_raw = true } }
  telemetry { otlp_endpoint = "http://localhost:4318/" }
  api_addr = "https://vault.example.com:8200/"
  cluster_addr = "https://10.0.0.1:8201"
  cluster_name = "one"
  audit_directory = "/var/log/egide"
  log_level = "WARN"
  log_format = "json"
  default_lease_ttl = "1h"
  max_lease_ttl = "7d"
  ui = false
  pid_file = "egide.pid"
  unsafe_allow_api_audit_creation = false
  max_requests_in_flight = 8
`

const EVERYTHING_JSON = JSON.stringify({
  backend: { sqlite: { path: 'data/egide.db' } },
  listener: [
    {
      tcp: {
        address: '[::1]:8200',
        tls_cert_file: 'a.crt',
        tls_key_file: 'a.key',
        tls_min_version: 'tls12',
        tls_client_ca_file: 'ca.crt',
        tls_require_and_verify_client_cert: true,
        x_forwarded_for_authorized_addrs: '10.0.0.0/8,fd00::1,192.0.2.1',
        x_forwarded_for_hop_skips: 1,
        x_forwarded_for_reject_not_present: 0,
        max_request_size: '1024',
        max_request_duration: 10,
        max_request_json_depth: 9,
        max_request_json_string_length: 10,
        max_request_json_keys: 11,
        max_request_json_values: 12,
        http_read_timeout: '5s',
        http_read_header_timeout: '2s',
        http_idle_timeout: '60',
        max_connections: 7,
        custom_response_headers: [{ default: { 'X-A': ['one', 'two'] }, '4xx': { 'X-B': ['three'] } }],
      },
    },
    { unix: [{ address: 'run/egide.sock', socket_mode: '660', socket_user: 1000, socket_group: 'staff' }] },
  ],
  seal: [{ shamir: {} }],
  audit: [{ file: { 'deep/file': { description: 'all', options: { file_path: 'audit.log', log_raw: 'true' } } } }],
  telemetry: [{ otlp_endpoint: 'http://localhost:4318' }],
  api_addr: 'https://vault.example.com:8200',
  cluster_addr: 'https://10.0.0.1:8201',
  cluster_name: 'one',
  audit_directory: '/var/log/egide',
  log_level: 'warning',
  log_format: 'json',
  default_lease_ttl: 3600,
  max_lease_ttl: '168h',
  ui: 'false',
  pid_file: 'egide.pid',
  unsafe_allow_api_audit_creation: false,
  max_requests_in_flight: 8,
  cluster_id: null,
})

describe.each([
  ['HCL', EVERYTHING_HCL],
  ['JSON', EVERYTHING_JSON],
])('everything, in %s', (form, text) => {
  const { config, warnings } = load(text)

  test('is read', () => {
    expect(config).toEqual({
      storage: { type: 'sqlite', path: 'data/egide.db' },
      seal: { type: 'shamir' },
      listeners: [
        {
          type: 'tcp',
          host: '::1',
          port: 8200,
          tls: {
            certFile: 'a.crt',
            keyFile: 'a.key',
            minVersion: 'TLSv1.2',
            maxVersion: 'TLSv1.3',
            clientCaFile: 'ca.crt',
            clientCertificates: 'require',
          },
          forwarded: {
            authorizedAddresses: ['10.0.0.0/8', 'fd00::1', '192.0.2.1'],
            hopSkips: 1,
            rejectNotPresent: false,
            rejectNotAuthorized: true,
          },
          limits: {
            maxRequestBytes: 1024,
            maxRequestDurationMs: 10_000,
            maxJsonDepth: 9,
            maxJsonStringBytes: 10,
            maxJsonKeys: 11,
            maxJsonValues: 12,
            requestTimeoutMs: 5000,
            headersTimeoutMs: 2000,
            keepAliveTimeoutMs: 60_000,
            maxConnections: 7,
          },
          responseHeaders: { default: { 'X-A': 'one; two' }, '4xx': { 'X-B': 'three' } },
        },
        {
          type: 'unix',
          socketPath: 'run/egide.sock',
          mode: 0o660,
          user: '1000',
          group: 'staff',
          limits: expect.objectContaining({ maxRequestBytes: undefined }),
          responseHeaders: {},
        },
      ],
      auditDevices: [
        {
          type: 'file',
          path: 'deep/file/',
          description: 'all',
          local: false,
          options: { file_path: 'audit.log', log_raw: 'true' },
        },
      ],
      telemetry: { otlpEndpoint: 'http://localhost:4318' },
      apiAddress: 'https://vault.example.com:8200',
      clusterAddress: 'https://10.0.0.1:8201',
      clusterName: 'one',
      auditDirectory: '/var/log/egide',
      logLevel: 'warn',
      logFormat: 'json',
      defaultLeaseTtlSeconds: 3600,
      maxLeaseTtlSeconds: 604_800,
      ui: false,
      pidFile: 'egide.pid',
      allowApiAuditCreation: false,
      maxRequestsInFlight: 8,
    })
  })

  test('brings no warning but for what is unknown', () => {
    const unknown = 'unknown key cluster_id in the config: it has no effect'
    expect(warnings.map(({ message }) => message)).toEqual(form === 'JSON' ? [unknown] : [])
  })
})

describe('addresses', () => {
  const good: Record<string, [host: string, port: number]> = {
    '127.0.0.1:8200': ['127.0.0.1', 8200],
    '0.0.0.0:0': ['0.0.0.0', 0],
    ':8200': ['', 8200],
    '[::]:8200': ['::', 8200],
    'vault.example.com:443': ['vault.example.com', 443],
  }
  for (const [address, [host, port]] of Object.entries(good))
    test(address, () => expect(tcpOf(`${PLAIN}\naddress = "${address}"`)).toMatchObject({ host, port }))

  for (const address of [
    '127.0.0.1',
    '::1:8200',
    '1.2.3:80',
    '1.2.3.4:65536',
    '1.2.3.4:-1',
    '[1.2.3.4]:80',
    'a b:80',
    '[]:80',
    'http://a:80',
    '',
  ])
    test(`"${address}" is refused`, () =>
      expect(refusalOf(`listener "tcp" {\n${PLAIN}\naddress = "${address}"\n}`)).toMatch(/^x\.hcl:3: address must be/))

  test('the default is Vault’s', () =>
    expect(tcpOf(PLAIN)).toMatchObject({ host: '127.0.0.1', port: 8200, tls: undefined }))
})

describe('TLS', () => {
  const FILES = 'tls_cert_file = "c"\ntls_key_file = "k"'
  test('1.3 is the default, and client certificates are asked for as Vault does', () =>
    expect(tcpOf(FILES).tls).toEqual({
      certFile: 'c',
      keyFile: 'k',
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      clientCaFile: undefined,
      clientCertificates: 'request',
    }))
  test('a maximum of 1.2 lowers the minimum', () =>
    expect(tcpOf(`${FILES}\ntls_max_version = "tls12"`).tls).toMatchObject({
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
    }))
  test('client certificates can be left alone', () =>
    expect(tcpOf(`${FILES}\ntls_disable_client_certs = true`).tls).toMatchObject({ clientCertificates: 'none' }))
})

describe('timeouts and sizes', () => {
  test('nought is the default, and no idle timeout is the read timeout', () =>
    expect(
      tcpOf(`${PLAIN}\nhttp_idle_timeout = 0\nhttp_read_timeout = "7s"\nmax_request_size = 0`).limits,
    ).toMatchObject({
      keepAliveTimeoutMs: 7000,
      requestTimeoutMs: 7000,
      maxRequestBytes: undefined,
    }))
  test('no limit is not to be had', () => {
    expect(warningsOf(`listener "tcp" {\n${PLAIN}\nmax_request_size = -1\n}`)).toEqual([
      '3: max_request_size: a request without a bound is not offered, the default holds',
    ])
  })
})

const refused: Record<string, [text: string, message: RegExp]> = {
  'a syntax error': ['a = \n\n}', /^x\.hcl:3: /],
  'an unknown block': ['\nlistner "tcp" {}', /^x\.hcl:2: unknown block listner$/],
  'an unknown block without a label': ['sentinel {}', /^x\.hcl:1: unknown block sentinel$/],
  'an unknown block as a list': ['{"entropy":\n[{"seal":{}}]}', /^x\.hcl:1: unknown block entropy$/],
  'an unknown storage': ['\n\nstorage "raft" { path = "x" }', /^x\.hcl:3: unknown storage type "raft"/],
  'an unknown storage in JSON': ['{"storage":\n {"consul": {}}}', /^x\.hcl:2: unknown storage type "consul"/],
  'storage of a later version': ['backend "postgresql" {}', /^x\.hcl:1: storage "postgresql" is not in this version/],
  'storage of an inherited name': ['storage "__proto__" {}', /unknown storage type "__proto__"/],
  'storage without a type': ['storage { path = "x" }', /^x\.hcl:1: storage must be a block with one label/],
  'SQLite without a path': ['storage "sqlite" {}', /^x\.hcl:1: storage "sqlite" needs a path/],
  'SQLite at a NUL': ['storage "sqlite" { path = "a\\x00b" }', /must not contain a NUL/],
  'two storages': ['storage "inmem" {}\nbackend "inmem" {}', /^x\.hcl:2: more than one storage block$/],
  'an unknown seal': ['seal "awskms" {}', /^x\.hcl:1: unknown seal type "awskms"/],
  'an unknown listener': ['listener "quic" {}', /^x\.hcl:1: unknown listener type "quic"/],
  'a listener with two labels': ['listener "tcp" "a" {}', /^x\.hcl:1: listener takes one label, not 2$/],
  'a listener without a type': ['\nlistener {}', /^x\.hcl:2: listener needs a type$/],
  'a listener that is a string': ['listener = "tcp"', /^x\.hcl:1: listener must be a block/],
  'plain HTTP that nobody asked for': [
    'listener "tcp" {}',
    /^x\.hcl:1: .*tls_cert_file and tls_key_file, or tls_disable/,
  ],
  'a certificate without a key': ['listener "tcp" {\ntls_cert_file = "a"\n}', /^x\.hcl:2: .*tls_key_file/],
  'TLS 1.1': [
    'listener "tcp" {\ntls_min_version = "tls11"\n}',
    /^x\.hcl:2: tls_min_version must be one of tls12, tls13$/,
  ],
  'TLS of an inherited name': ['listener "tcp" { tls_min_version = "constructor" }', /must be one of/],
  'TLS bounds that cross': ['listener "tcp" { tls_min_version = "tls13" tls_max_version = "tls12" }', /is above/],
  'client certificates both ways': [
    'listener "tcp" { tls_require_and_verify_client_cert = true tls_disable_client_certs = true }',
    /exclude each other/,
  ],
  'a proxy that is no address': [
    `listener "tcp" { ${PLAIN} x_forwarded_for_authorized_addrs = "proxy" }`,
    /"proxy" is neither/,
  ],
  'a range past its width': [
    `listener "tcp" { ${PLAIN} x_forwarded_for_authorized_addrs = ["10.0.0.0/33"] }`,
    /neither/,
  ],
  'negative hops': [`listener "tcp" { ${PLAIN} x_forwarded_for_hop_skips = -1 }`, /must be 0 to 100/],
  'a key that stands twice': [
    `listener "tcp" {\n${PLAIN}\n${PLAIN}\n}`,
    /^x\.hcl:3: tls_disable is set twice \(first on line 2\)$/,
  ],
  'a top-level key that stands twice': ['ui = true\nui = false', /^x\.hcl:2: ui is set twice/],
  'the same in JSON': ['{"ui":true,\n"ui":false}', /^x\.hcl:2: ui is set twice/],
  'a boolean that is none': ['ui = "maybe"', /^x\.hcl:1: ui must be true or false$/],
  'a number that is none': [`listener "tcp" { ${PLAIN} max_request_size = "big" }`, /whole number/],
  'a fraction': [`listener "tcp" { ${PLAIN} max_connections = 1.5 }`, /whole number/],
  'a duration that is none': ['default_lease_ttl = "soon"', /^x\.hcl:1: default_lease_ttl: expected a duration/],
  'a duration that is a list': ['default_lease_ttl = []', /must be a duration/],
  'a negative duration': ['default_lease_ttl = "-1h"', /must not be negative/],
  'a timer past what a timer can': [`listener "tcp" { ${PLAIN} http_read_timeout = "1000h" }`, /at most 24 days/],
  'lease times that cross': [
    'default_lease_ttl = "2h"\nmax_lease_ttl = "1h"',
    /^default_lease_ttl is above max_lease_ttl$/,
  ],
  'an address that is no URL': ['api_addr = "vault:8200"', /^x\.hcl:1: api_addr must be an http or https URL/],
  'an address with a password': ['api_addr = "https://a:b@vault"', /api_addr must be/],
  'a collector that is no URL': ['telemetry { otlp_endpoint = "localhost" }', /otlp_endpoint must be/],
  'a log level that is none': ['log_level = "loud"', /^x\.hcl:1: log_level must be one of trace/],
  'a socket without a path': ['listener "unix" {}', /needs an address/],
  'a socket path that is too long': [`listener "unix" { address = "/${'a'.repeat(103)}" }`, /at most 103 bytes/],
  'a socket mode as a number': ['listener "unix" { address = "a" socket_mode = 0660 }', /in quotes/],
  'a socket mode that is none': ['listener "unix" { address = "a" socket_mode = "999" }', /three octal digits/],
  'a set-user-id socket': ['listener "unix" { address = "a" socket_mode = "4755" }', /three octal digits/],
  'an audit device without a path': ['audit "file" {}', /^x\.hcl:1: audit needs a type and a path$/],
  'an audit device that climbs': ['audit "file" "../x" {}', /no path for a device/],
  'two audit devices at one path': ['audit "file" "a" {}\naudit "socket" "a/" {}', /^two audit devices at a\/$/],
  'audit options that are a list': ['audit "file" "a" { options = ["x"] }', /options must be one block/],
  'an audit option that is a list': [
    'audit "file" "a" { options { file_path = ["x"] } }',
    /file_path must be a string/,
  ],
  'two listeners at one address': [`listener "tcp" { ${PLAIN} }\nlistener "tcp" { ${PLAIN} }`, /^two listeners at 127/],
  'headers for no status': [
    `listener "tcp" { ${PLAIN} custom_response_headers { "teapot" = {} } }`,
    /teapot is not a status/,
  ],
  'a header that splits the answer': [
    `listener "tcp" { ${PLAIN} custom_response_headers { "default" = { "X-A" = "b\\r\\nX-C: d" } } }`,
    /printable ASCII/,
  ],
  'a header name that splits the answer': [
    `listener "tcp" { ${PLAIN} custom_response_headers { "default" = { "X-A: b\\r\\nX-C" = "d" } } }`,
    /not the name of a header/,
  ],
  'a header that is a number': [
    `listener "tcp" { ${PLAIN} custom_response_headers { "default" = { "X-A" = 1 } } }`,
    /must be a string or a list/,
  ],
  'depth without end': ['a = '.concat('['.repeat(100_000)), /nested deeper than 16/],
  'depth without end in JSON': ['{"a":'.repeat(100_000), /nested deeper than 16/],
  'a NUL': ['ui = true\n\0', /^x\.hcl:2: /],
}
for (const [what, [text, message]] of Object.entries(refused))
  test(`refused: ${what}`, () => expect(refusalOf(text)).toMatch(message))

const warned: Record<string, [text: string, warnings: string[]]> = {
  'an unknown key': ['\nfrobnicate = 1', ['2: unknown key frobnicate in the config: it has no effect']],
  'an unknown key of a listener': [
    `listener "tcp" {\n${PLAIN}\ntls_diable = 1\n}`,
    ['3: unknown key tls_diable in listener "tcp": it has no effect'],
  ],
  'an unknown key in JSON': [
    '{"storage": {"inmem": {\n"path": "x"}}}',
    ['2: unknown key path in storage "inmem": it has no effect'],
  ],
  'a seal with keys': ['seal "shamir" { kms = 1 }', ['1: unknown key kms in seal "shamir": it has no effect']],
  'memory that cannot be locked': [
    'disable_mlock = true',
    [expect.stringMatching(/^1: disable_mlock has no effect: Node/)],
  ],
  plugins: ['plugin_directory = "x"', ['1: plugin_directory in the config has no effect: there are no plugins']],
  'a block of other servers': [
    '\nservice_registration "consul" {\n}',
    [expect.stringMatching(/^2: service_registration has no/)],
  ],
  'raw access to storage': ['raw_storage_endpoint = true', [expect.stringMatching(/there is no sys\/raw$/)]],
  'a proxy policy without a proxy': [
    `listener "tcp" {\n${PLAIN}\nx_forwarded_for_hop_skips = 1\n}`,
    ['3: x_forwarded_for_hop_skips has no effect without x_forwarded_for_authorized_addrs'],
  ],
  'TLS files that are not used': [
    `listener "tcp" {\ntls_cert_file = "a"\n${PLAIN}\n}`,
    ['3: tls_disable: the other tls_ keys of this listener have no effect'],
  ],
  'a header that is ours': [
    `listener "tcp" { ${PLAIN} custom_response_headers { "200" = { "X-Vault-A" = "b" } } }`,
    ['1: the server sets X-Vault-A itself: this value is not used'],
  ],
  'metrics of other collectors': [
    'telemetry { statsd_address = "x" }',
    ['1: unknown key statsd_address in telemetry: it has no effect'],
  ],
}
for (const [what, [text, warnings]] of Object.entries(warned))
  test(`warned of: ${what}`, () => expect(warningsOf(text)).toEqual(warnings))

describe('files and folders', () => {
  test('a folder is its files in order; later ones outrank, and lists add up', () => {
    const where = path.join(folder, 'many')
    mkdirSync(path.join(where, 'd.hcl'), { recursive: true })
    writeFileSync(path.join(where, 'b.json'), `{"ui": true, "storage": {"sqlite": {"path": "b"}}}`)
    writeFileSync(
      path.join(where, 'a.hcl'),
      `ui = false\nlog_level = "debug"\nstorage "inmem" {}\nlistener "tcp" { ${PLAIN} }\nx = 1`,
    )
    writeFileSync(path.join(where, 'c.hcl'), `listener "unix" { address = "c" }\ny = 1`)
    writeFileSync(path.join(where, '.hidden.hcl'), 'not HCL at all {{{')
    writeFileSync(path.join(where, 'notes.txt'), 'not HCL at all {{{')
    const { config, warnings } = loadConfig([where], {})
    expect(config).toMatchObject({ ui: true, logLevel: 'debug', storage: { type: 'sqlite', path: 'b' } })
    expect(config.listeners.map(({ type }) => type)).toEqual(['tcp', 'unix'])
    expect(warnings.map(({ file, line }) => `${path.basename(file)}:${line}`)).toEqual(['a.hcl:5', 'c.hcl:2'])
  })

  const hostile: Record<string, [where: () => string, message: RegExp]> = {
    'a file that is not there': [() => path.join(folder, 'nothing.hcl'), /nothing\.hcl: no such file$/],
    'an empty folder': [() => mkdtempSync(path.join(folder, 'empty-')), /no \*\.hcl or \*\.json file/],
    'a device that never ends': [() => '/dev/zero', /^\/dev\/zero: not a file$/],
    'a link to itself': [
      () => {
        const link = path.join(folder, 'loop.hcl')
        symlinkSync(link, link)
        return link
      },
      /loop\.hcl: its symbolic links lead in a circle$/,
    ],
    'a file that is too long': [() => written(' '.repeat(1024 * 1024 + 1)), /longer than 1048576 bytes$/],
    'text that is not UTF-8': [() => written(Buffer.from([0x61, 0xff])), /not UTF-8 text$/],
  }
  for (const [what, [where, message]] of Object.entries(hostile))
    test(`refused: ${what}`, () => {
      const place = where()
      expect(() => loadConfig([place], {})).toThrow(message)
      expect(() => loadConfig([place], {})).toThrow(ConfigError)
    })

  test('a byte order mark is no content', () => expect(configOf('\ufeffui = false').ui).toBe(false))

  test('whatever a file holds, it is read, or refused with a ConfigError that names it', () => {
    const part = fc.constantFrom(
      'listener',
      '"tcp"',
      '{',
      '}',
      '=',
      '[',
      ']',
      ',',
      '"',
      'ui',
      'true',
      '1',
      '\n',
      '__proto__',
      '<<A',
      '\\',
      '\u0000',
      '{"',
      '":',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 30 }), (parts) => {
        const refusal = refusalOf(parts.join(' '))
        expect(refusal).toMatch(/^(it was taken|x\.hcl(:\d+)?: |two |default_)/)
      }),
      { numRuns: 500, seed: 7 },
    )
  })
})

describe('environment and flags', () => {
  const FILE =
    'api_addr = "https://file:1"\nlog_level = "error"\nui = true\ntelemetry { otlp_endpoint = "http://file" }'

  test('the environment outranks files', () => {
    const env = {
      EGIDE_API_ADDR: 'https://env:1',
      EGIDE_CLUSTER_ADDR: 'https://env:2',
      EGIDE_CLUSTER_NAME: 'env',
      EGIDE_LOG_LEVEL: 'debug',
      EGIDE_LOG_FORMAT: 'json',
      EGIDE_UI: 'false',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318',
    }
    expect(load(FILE, env).config).toMatchObject({
      apiAddress: 'https://env:1',
      clusterAddress: 'https://env:2',
      clusterName: 'env',
      logLevel: 'debug',
      logFormat: 'json',
      ui: false,
      telemetry: { otlpEndpoint: 'http://env:4318' },
    })
  })

  test('flags outrank the environment', () =>
    expect(load(FILE, { EGIDE_LOG_LEVEL: 'debug' }, { logLevel: 'trace', logFormat: 'json' }).config).toMatchObject({
      logLevel: 'trace',
      logFormat: 'json',
    }))

  test('names of other servers are read where ours are not set', () => {
    expect(load(FILE, { VAULT_API_ADDR: 'https://vault:1' }).config.apiAddress).toBe('https://vault:1')
    const all = { VAULT_API_ADDR: 'https://vault:1', BAO_API_ADDR: 'https://bao:1' }
    expect(load(FILE, all).config.apiAddress).toBe('https://bao:1')
    expect(load(FILE, { ...all, EGIDE_API_ADDR: 'https://egide:1' }).config.apiAddress).toBe('https://egide:1')
  })

  test('an empty variable says nothing', () =>
    expect(load(FILE, { EGIDE_API_ADDR: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' }).config).toMatchObject({
      apiAddress: 'https://file:1',
      telemetry: { otlpEndpoint: 'http://file' },
    }))

  test('the client’s address is not the server’s', () =>
    expect(load('', { EGIDE_ADDR: 'https://a:1', VAULT_ADDR: 'https://b:1' }).config.apiAddress).toBeUndefined())

  test('what is wrong names its variable or flag', () => {
    expect(refusalOf('', { EGIDE_LOG_LEVEL: 'loud' })).toMatch(/^EGIDE_LOG_LEVEL must be one of/)
    expect(refusalOf('', { VAULT_UI: 'maybe' })).toMatch(/^VAULT_UI must be one of/)
    expect(refusalOf('', { OTEL_EXPORTER_OTLP_ENDPOINT: 'x' })).toMatch(/^OTEL_EXPORTER_OTLP_ENDPOINT must be/)
    expect(() => load('', {}, { logFormat: 'xml' })).toThrow('-log-format must be one of standard, json')
  })
})
