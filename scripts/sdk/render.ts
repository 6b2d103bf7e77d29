import type { SdkClass, SdkField, SdkMethod } from './model.ts'
import { doc, replyType, shapeText } from './types.ts'

/** The text of the SDK's generated files. */

const HEAD = '// Generated from the route tables by `npm run sdk`. Do not edit.'
export const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)
const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

export const fileOf = ({ name }: SdkClass): string =>
  `${name.replace(/(?!^)([A-Z])/g, (letter) => `-${letter}`).toLowerCase()}.ts`

/** A class with its operations and the types of what they take and give. */
export function renderClass(made: SdkClass): string {
  const named = new Map<string, string>()
  const parts = made.methods.map((method) => renderTypes(made, method, named))
  const body = [
    ...parts.flatMap(({ text }) => text),
    ...made.methods.flatMap((method) => ['', ...renderOperation(made, method)]),
    '',
    ...doc(made.comment, ''),
    `export class ${made.name} extends Group {`,
    ...made.methods.flatMap((method, at) => [
      ...(at === 0 ? [] : ['']),
      ...renderMethod(made, method, parts[at]?.data),
    ]),
    '}',
  ].join('\n')
  return `${HEAD}\n${importsOf(body)}\n${body.trimStart().replace(/^/, '\n')}\n`
}

const IMPORTS: readonly (readonly [marker: RegExp, line: string])[] = [
  [/\bCallOptions\b/, "import type { CallOptions } from '../caller.ts'"],
  [/extends Group\b/, "import { Group } from '../group.ts'"],
  [/\bJson(Map)?\b/, "import type { Json, JsonMap } from '../json.ts'"],
  [/: Operation\b/, "import type { Operation } from '../operation.ts'"],
  [/\bReply</, "import type { RawBody, Reply } from '../reply.ts'"],
  [/: Content\b/, "import type { Content } from '../transport.ts'"],
]

function importsOf(body: string): string {
  return IMPORTS.filter(([marker]) => marker.test(body))
    .map(([, line]) =>
      line.replace(/\{ (.*) \}/, (_, names: string) => {
        return `{ ${names
          .split(', ')
          .filter((name) => new RegExp(`\\b${name}\\b`).test(body))
          .join(', ')} }`
      }),
    )
    .join('\n')
}

/** Types that several methods give are named once, after the first of them. */
function renderTypes(made: SdkClass, method: SdkMethod, named: Map<string, string>): { text: string[]; data: string } {
  const text: string[] = []
  if (method.fields.length > 0) {
    text.push('', `export interface ${inputName(made, method)} {`, ...method.fields.flatMap(renderField), '}')
  }
  const shared = sharedType(method)
  if (shared !== undefined) return { text, data: shared }
  const type = replyType(method.returns ?? {})
  if (!type.includes('\n')) return { text, data: type }
  const known = named.get(type)
  if (known !== undefined) return { text, data: known }
  const name = `${made.name}${upperFirst(method.name)}Data`
  named.set(type, name)
  const isPlain = type.startsWith('{') && !type.includes('} | {')
  text.push('', isPlain ? `export interface ${name} ${type}` : `export type ${name} = ${type}`)
  return { text, data: name }
}

function sharedType({ answers, returns, verb }: SdkMethod): string | undefined {
  if (answers === 'raw') return 'RawBody'
  if (answers === 'bytes') return '{ readonly content: Uint8Array }'
  if (returns !== undefined) return undefined
  return verb === 'DELETE' ? 'undefined' : 'JsonMap'
}

const inputName = (made: SdkClass, method: SdkMethod): string => `${made.name}${upperFirst(method.name)}Input`

function renderField({ name, type, required, comment }: SdkField): string[] {
  return [...(comment === '' ? [] : doc(comment, '  ')), `  readonly ${name}${required ? '' : '?'}: ${type}`]
}

const constantOf = ({ name }: SdkMethod): string => name.replace(/([A-Z])/g, '_$1').toUpperCase()

function renderOperation(made: SdkClass, method: SdkMethod): string[] {
  const { rpc, verb, path, sole, whole, safe, answers, anyStatus } = method
  const quote = (text: string): string => `'${text}'`
  const members = [
    ['service', quote(made.service)],
    ['rpc', quote(rpc)],
    ['verb', quote(verb)],
    ['path', quote(path)],
    ...(sole === undefined ? [] : [['sole', quote(sole)]]),
    ...(whole === undefined ? [] : [['whole', quote(whole)]]),
    ['safe', String(safe)],
    ['answers', quote(answers)],
    ...(anyStatus ? [['anyStatus', 'true']] : []),
    ['shape', answers === 'raw' || answers === 'bytes' ? quote('any') : shapeText(method.returns ?? {})],
  ]
  return [`const ${constantOf(method)}: Operation = {`, ...members.map(([name, value]) => `  ${name}: ${value},`), '}']
}

function renderMethod(made: SdkClass, method: SdkMethod, data = 'JsonMap'): string[] {
  const input = inputOf(made, method)
  const operation = constantOf(method)
  const comment = doc(method.comment, '  ')
  const { name, streams } = method
  if (streams === 'both') {
    const inputs = `inputs: Iterable<${input.type}> | AsyncIterable<${input.type}>`
    const head = `  ${name}(${inputs}, options?: CallOptions): AsyncIterable<Reply<${data}>> {`
    return [...comment, head, `    return this.converse<${data}>(${operation}, inputs, options)`, '  }']
  }
  if (streams === 'in') {
    const head = `  ${name}(content: Content, options?: CallOptions): Promise<Reply<${data}>> {`
    return [...comment, head, `    return this.send<${data}>(${operation}, content, options)`, '  }']
  }
  const [verb, gives] = streams === 'out' ? ['listen', 'AsyncIterable'] : ['ask', 'Promise']
  const head = `  ${name}(${input.parameter}options?: CallOptions): ${gives}<Reply<${data}>> {`
  return [...comment, head, `    return this.${verb}<${data}>(${operation}, ${input.argument}, options)`, '  }']
}

function inputOf(made: SdkClass, method: SdkMethod): { type: string; parameter: string; argument: string } {
  const name = inputName(made, method)
  if (method.fields.length === 0) return { type: 'object', parameter: '', argument: '{}' }
  const isNeeded = method.fields.some(({ required }) => required)
  const type = method.sole === undefined ? name : `string | ${name}`
  const argument = method.sole === undefined ? '{ ...input }' : "typeof input === 'string' ? input : { ...input }"
  return { type: name, parameter: isNeeded ? `input: ${type}, ` : `input: ${type} = {}, `, argument }
}

/** All of them together, as a client has them. `own` names classes that are extended by hand, with their files. */
export function renderApi(classes: readonly SdkClass[], own: Readonly<Record<string, string>>): string {
  const fileFor = (made: SdkClass): string => own[made.name] ?? `./${fileOf(made)}`
  const logins = classes.filter(({ isLogin }) => isLogin)
  const top = classes.filter(({ isLogin, name }) => !isLogin && name !== 'Auth')
  const imports = classes.map((made) => `import { ${made.name} } from '${fileFor(made)}'`)
  return `${[
    HEAD,
    "import type { Caller } from '../caller.ts'",
    ...imports.sort((a, b) => (a.split("'")[1] ?? '').localeCompare(b.split("'")[1] ?? '', 'en')),
    '',
    '/** Auth methods: where they are mounted, and what each of them does. */',
    'class AuthMethods extends Auth {',
    ...membersOf(logins),
    '}',
    '',
    '/** Every operation of the server, by service. */',
    'export class Api {',
    '  /** Auth methods: where they are mounted, and what each of them does. */',
    '  readonly auth: AuthMethods',
    ...membersOf(top, ['    this.auth = new AuthMethods(caller)']),
    '}',
  ].join('\n')}\n`
}

function membersOf(classes: readonly SdkClass[], more: readonly string[] = []): string[] {
  const fixed = classes.filter(({ mount }) => mount === undefined)
  const isTop = more.length > 0
  const isKept = fixed.length < classes.length
  return [
    ...fixed.flatMap((made) => [...doc(made.comment, '  '), `  readonly ${lowerFirst(made.name)}: ${made.name}`]),
    ...(isKept ? ['  readonly #caller: Caller'] : []),
    '',
    '  constructor(caller: Caller) {',
    ...(isTop ? [] : ['    super(caller)']),
    ...(isKept ? ['    this.#caller = caller'] : []),
    ...more,
    ...fixed.map(({ name }) => `    this.${lowerFirst(name)} = new ${name}(caller)`),
    '  }',
    ...classes
      .filter(({ mount }) => mount !== undefined)
      .flatMap((made) => [
        '',
        ...doc(made.comment, '  '),
        `  ${lowerFirst(made.name)}(mount = '${made.mount}'): ${made.name} {`,
        `    return new ${made.name}(this.#caller, mount)`,
        '  }',
      ]),
  ]
}

/** The descriptors that the gRPC transport finds methods in. */
export function renderServices(services: readonly string[]): string {
  const imports = services.map(
    (name) => `import { ${name} } from '../../proto/gen/egide/v1/${name.toLowerCase()}_pb.ts'`,
  )
  return `${[
    HEAD,
    "import type { DescService } from '@bufbuild/protobuf'",
    ...imports.sort(),
    '',
    `export const SERVICES: readonly DescService[] = [${services.join(', ')}]`,
  ].join('\n')}\n`
}

/** Names, so that applications can say what they pass on. */
export function renderIndex(classes: readonly SdkClass[]): string {
  const lines = classes.map((made) => `export type * from './${fileOf(made)}'`)
  return `${[HEAD, ...lines.sort()].join('\n')}\n`
}
