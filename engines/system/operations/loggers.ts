import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { LOG_LEVELS, type LogLevel, type OperationsServices } from '../services/operations.ts'

/** The level of the server's log, changed while it runs. */

type Context = EngineContext<OperationsServices>

/** The server's log is one logger. Peers have some thirty; this is the name of the one that says most. */
const LOGGER = 'core'

const levelFields = {
  level: field.text({
    default: '',
    description: `Least level to log, required: ${LOG_LEVELS.join(', ')}. \`notice\`, \`warning\` and \`err\` are taken too.`,
  }),
}
type LevelRequest = EngineRequest<typeof levelFields>

const RETURNS = Type.Object({
  [LOGGER]: Type.Optional(Type.String({ description: 'The level in force.' })),
})

export const loggers = route('loggers', {
  summary: "The level of the server's log",
  description:
    'A change holds in all processes of this server until it is restarted or told to read its configuration again. Deleting brings the level of the configuration back.',
  fields: levelFields,
  auditClear: ['level', LOGGER],
  returns: RETURNS,
  operations: { read: readLevel, update: writeLevel, delete: removeLevel },
})

const loggerFields = { ...levelFields, name: field.text({ required: true, description: `The logger: ${LOGGER}.` }) }
type LoggerRequest = EngineRequest<typeof loggerFields>

export const logger = route('loggers/:name', {
  summary: "The level of the server's log, by its name",
  description: `There is one logger, \`${LOGGER}\`.`,
  fields: loggerFields,
  auditClear: ['name', 'level', LOGGER],
  returns: RETURNS,
  operations: {
    read: async (request: LoggerRequest, context: Context): Promise<Reply> =>
      request.fields.name === LOGGER ? readLevel(request, context) : { data: {} },
    update: async (request: LoggerRequest, context: Context) => {
      const level = levelOf(request.fields.level)
      requireLogger(request.fields.name)
      await context.services.operations.logLevel.change(level)
    },
    delete: async (request: LoggerRequest, context: Context) => {
      requireLogger(request.fields.name)
      await removeLevel(request, context)
    },
  },
})

async function readLevel(_request: EngineRequest, { services }: Context): Promise<Reply> {
  return { data: { [LOGGER]: services.operations.logLevel.current() } }
}

async function writeLevel({ fields }: LevelRequest, { services }: Context): Promise<undefined> {
  await services.operations.logLevel.change(levelOf(fields.level))
}

async function removeLevel(_request: EngineRequest, { services }: Context): Promise<undefined> {
  await services.operations.logLevel.change(undefined)
}

/** Names that peers take, and what they mean. */
const ALSO: Readonly<Record<string, LogLevel>> = { notice: 'info', warning: 'warn', err: 'error' }

function levelOf(text: string): LogLevel {
  if (text === '') throw invalid('level is required')
  const name = text.toLowerCase()
  const level = LOG_LEVELS.find((one) => one === name) ?? (Object.hasOwn(ALSO, name) ? ALSO[name] : undefined)
  if (level === undefined) throw invalid(`invalid level provided: unknown log level: ${text}`)
  return level
}

function requireLogger(name: string): void {
  if (name !== LOGGER) throw invalid(`logger ${JSON.stringify(name)} not found`)
}
