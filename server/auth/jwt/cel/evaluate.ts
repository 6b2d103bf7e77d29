import { type CelInput, celEnv, isCelError, parse, plan, run } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import { create, createFileRegistry, type DescMessage, isMessage, type JsonObject, toJson } from '@bufbuild/protobuf'
import { isReflectMessage } from '@bufbuild/protobuf/reflect'
import {
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  timestampFromMs,
} from '@bufbuild/protobuf/wkt'
import type { CelProgram } from './program.ts'

/** Runs programs. In a thread of its own, since nothing but its end can stop one. */

export interface Evaluation {
  readonly program: CelProgram
  /** JSON. */
  readonly claims: string
  readonly nowMs: number
}

/** What a program came to: a token (as JSON of `pb.Auth`), or why there is none. */
export type Verdict = { readonly auth: JsonObject } | { readonly refusal: string }

/** What OpenBao's programs make, by its names (sdk/plugin/pb/backend.proto); times are nanoseconds, as they are there. */
const registry = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [
      { name: 'logical.proto', package: 'logical', syntax: 'proto3', messageType: [alias()] },
      {
        name: 'pb.proto',
        package: 'pb',
        syntax: 'proto3',
        dependency: ['logical.proto'],
        messageType: [
          {
            name: 'LeaseOptions',
            field: [one('TTL', 1, Type.INT64), one('renewable', 2, Type.BOOL), one('MaxTTL', 5, Type.INT64)],
          },
          {
            name: 'Auth',
            field: [
              one('lease_options', 1, Type.MESSAGE, '.pb.LeaseOptions'),
              one('display_name', 3, Type.STRING),
              many('policies', 4, Type.STRING),
              many('metadata', 5, Type.MESSAGE, '.pb.Auth.MetadataEntry'),
              one('period', 8, Type.INT64),
              one('num_uses', 9, Type.INT64),
              one('alias', 11, Type.MESSAGE, '.logical.Alias'),
              many('group_aliases', 12, Type.MESSAGE, '.logical.Alias'),
              many('bound_cidrs', 13, Type.STRING),
              one('explicit_max_ttl', 16, Type.INT64),
              one('no_default_policy', 18, Type.BOOL),
            ],
            nestedType: [entry('MetadataEntry')],
          },
        ],
      },
    ],
  }),
)
const AUTH = registry.getMessage('pb.Auth') as DescMessage

function one(name: string, number: number, type: Type, typeName = '') {
  return { name, number, type, typeName, label: Label.OPTIONAL }
}

function many(name: string, number: number, type: Type, typeName = '') {
  return { name, number, type, typeName, label: Label.REPEATED }
}

function entry(name: string) {
  return { name, options: { mapEntry: true }, field: [one('key', 1, Type.STRING), one('value', 2, Type.STRING)] }
}

function alias() {
  const metadata = many('metadata', 5, Type.MESSAGE, '.logical.Alias.MetadataEntry')
  return { name: 'Alias', field: [one('name', 4, Type.STRING), metadata], nestedType: [entry('MetadataEntry')] }
}

const OPTIONS = { registry, funcs: [...strings] }

/** Why the program can't be read; undefined: it can. */
export function unreadable({ variables, expression }: CelProgram): string | undefined {
  const named = [...variables, { name: 'expression', expression }]
  for (const { name, expression: text } of named) {
    try {
      plan(celEnv(OPTIONS), parse(text))
    } catch (error) {
      return `${name}: ${error instanceof Error ? error.message : 'it cannot be read'}`
    }
  }
  return undefined
}

export function evaluate({ program, claims, nowMs }: Evaluation): Verdict {
  const known: Record<string, CelInput> = {
    claims: JSON.parse(claims) as CelInput,
    now: timestampFromMs(nowMs),
    operation: 'update',
  }
  for (const { name, expression } of program.variables) {
    const value = run(expression, known, OPTIONS)
    if (isCelError(value)) return { refusal: `the program fails at the variable ${name}` }
    known[name] = value
  }
  const result = run(program.expression, known, OPTIONS)
  // What the program says may hold claims, so it does not go into the log.
  if (isCelError(result)) return { refusal: 'the program fails' }
  if (result === false || typeof result === 'string') return { refusal: 'the program refuses' }
  if (!isReflectMessage(result) || !isMessage(result.message, AUTH)) return { refusal: 'the program makes no pb.Auth' }
  return { auth: toJson(AUTH, result.message, { registry, useProtoFieldName: true }) as JsonObject }
}
