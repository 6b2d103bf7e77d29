import type { CelInput } from '@bufbuild/cel'
import { create, createFileRegistry, type DescMessage, isMessage, type JsonObject, toJson } from '@bufbuild/protobuf'
import { isReflectMessage } from '@bufbuild/protobuf/reflect'
import { FileDescriptorSetSchema, FieldDescriptorProto_Type as Type, timestampFromMs } from '@bufbuild/protobuf/wkt'
import { checkJsonSize } from '../../../../engines/cel/bounds.ts'
import { repeated, singular } from '../../../../engines/cel/descriptors.ts'
import { Evaluator } from '../../../../engines/cel/evaluator.ts'
import type { CelProgram } from '../../../../engines/cel/program.ts'

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
            field: [
              singular('TTL', 1, Type.INT64),
              singular('renewable', 2, Type.BOOL),
              singular('MaxTTL', 5, Type.INT64),
            ],
          },
          {
            name: 'Auth',
            field: [
              singular('lease_options', 1, Type.MESSAGE, '.pb.LeaseOptions'),
              singular('display_name', 3, Type.STRING),
              repeated('policies', 4, Type.STRING),
              repeated('metadata', 5, Type.MESSAGE, '.pb.Auth.MetadataEntry'),
              singular('period', 8, Type.INT64),
              singular('num_uses', 9, Type.INT64),
              singular('alias', 11, Type.MESSAGE, '.logical.Alias'),
              repeated('group_aliases', 12, Type.MESSAGE, '.logical.Alias'),
              repeated('bound_cidrs', 13, Type.STRING),
              singular('explicit_max_ttl', 16, Type.INT64),
              singular('no_default_policy', 18, Type.BOOL),
            ],
            nestedType: [entry('MetadataEntry')],
          },
        ],
      },
    ],
  }),
)
const AUTH = registry.getMessage('pb.Auth') as DescMessage

function entry(name: string) {
  return {
    name,
    options: { mapEntry: true },
    field: [singular('key', 1, Type.STRING), singular('value', 2, Type.STRING)],
  }
}

function alias() {
  const metadata = repeated('metadata', 5, Type.MESSAGE, '.logical.Alias.MetadataEntry')
  return { name: 'Alias', field: [singular('name', 4, Type.STRING), metadata], nestedType: [entry('MetadataEntry')] }
}

export const evaluator = new Evaluator(registry)

export function evaluate({ program, claims, nowMs }: Evaluation): Verdict {
  const outcome = evaluator.evaluate(program, {
    claims: JSON.parse(claims) as CelInput,
    now: timestampFromMs(nowMs),
    operation: 'update',
  })
  // Why it fails may hold claims, so it does not go into the log.
  if (!('value' in outcome)) {
    return {
      refusal: outcome.failedAt === '' ? 'the program fails' : `the program fails at the variable ${outcome.failedAt}`,
    }
  }
  const result = outcome.value
  if (result === false || typeof result === 'string') return { refusal: 'the program refuses' }
  if (!isReflectMessage(result) || !isMessage(result.message, AUTH)) return { refusal: 'the program makes no pb.Auth' }
  const auth = toJson(AUTH, result.message, { registry, useProtoFieldName: true }) as JsonObject
  try {
    checkJsonSize(auth)
  } catch {
    return { refusal: 'the program makes too much' }
  }
  return { auth }
}
