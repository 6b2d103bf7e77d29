import { afterAll, expect, test } from 'vitest'
import { PLAIN, refusalOf, removeFolder, warningsOf } from './testing-config.ts'

afterAll(removeFolder)

const refused: Record<string, [text: string, message: RegExp]> = {
  'a syntax error': ['a = \n\n}', /^x\.hcl:3: /],
  'an unknown block': ['\nlistner "tcp" {}', /^x\.hcl:2: unknown block listner\. Did you mean "listener"\?$/],
  'an unknown block without a label': ['sentinel {}', /^x\.hcl:1: unknown block sentinel$/],
  'an unknown block as a list': ['{"entropy":\n[{"seal":{}}]}', /^x\.hcl:1: unknown block entropy$/],
  'an unknown storage': ['\n\nstorage "raft" { path = "x" }', /^x\.hcl:3: unknown storage type "raft"/],
  'an unknown storage in JSON': ['{"storage":\n {"consul": {}}}', /^x\.hcl:2: unknown storage type "consul"/],
  'PostgreSQL without a connection': ['backend "postgresql" {}', /needs a connection_url, or EGIDE_PG_CONNECTION_URL/],
  'PostgreSQL with a table that is SQL': [
    'storage "postgresql" { table = "a; drop" }',
    /^x\.hcl:1: table is what the tables' names start with/,
  ],
  'PostgreSQL with no connection at all': [
    'storage "postgresql" { max_parallel = 0 }',
    /max_parallel must be 1 to 1000/,
  ],
  'a storage that is nearly known': [
    'storage "sqllite" {}',
    /there are postgresql, sqlite and inmem\. Did you mean "sqlite"\?$/,
  ],
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
    ['3: unknown key tls_diable in listener "tcp": it has no effect. Did you mean "tls_disable"?'],
  ],
  'an unknown key that is nearly known in another block': [
    'telemetry { tls_diable = 1 }',
    ['1: unknown key tls_diable in telemetry: it has no effect'],
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
