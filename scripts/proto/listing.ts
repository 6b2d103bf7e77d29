import type { ProtoMethod, ProtoService } from './model.ts'

/**
 * proto/gen/services.ts: what the services are called, and their methods that stand for a route, by kind. The server knows
 * from it what it serves without the descriptors, which take more memory than all else that it has loaded.
 */
export function renderListing(services: readonly ProtoService[]): string {
  return [
    '// Generated from the route tables by `npm run proto`. Do not edit.',
    "import type { DescMethod, DescService } from '@bufbuild/protobuf'",
    '',
    '/** A service. */',
    'export interface ListedService {',
    '  readonly typeName: string',
    '  /** Its methods that stand for a route, by what is a stream in them. */',
    "  readonly methods: Readonly<Partial<Record<DescMethod['methodKind'], readonly string[]>>>",
    '  /** Its descriptor. */',
    '  readonly load: () => Promise<DescService>',
    '}',
    '',
    'export const SERVICES: readonly ListedService[] = [',
    ...services.flatMap(entryOf),
    ']',
    '',
  ].join('\n')
}

function entryOf({ name, methods }: ProtoService): string[] {
  const kinds = Map.groupBy(
    methods.filter(({ verb }) => verb !== undefined),
    kindOf,
  )
  return [
    '  {',
    `    typeName: 'egide.v1.${name}',`,
    '    methods: {',
    ...Array.from(kinds, ([kind, of]) => `      ${kind}: [${of.map((method) => `'${method.name}'`).join(', ')}],`),
    '    },',
    `    load: async () => (await import('./egide/v1/${name.toLowerCase()}_pb.ts')).${name},`,
    '  },',
  ]
}

function kindOf({ inputStreams, outputStreams }: ProtoMethod): string {
  if (inputStreams) return outputStreams ? 'bidi_streaming' : 'client_streaming'
  return outputStreams ? 'server_streaming' : 'unary'
}
