import Type from 'typebox'
import { type EngineContext, type EngineRequest, type RawReply, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { LOG_LEVELS, type OperationsServices } from '../services/operations.ts'

/** What goes on in the server, for those who run it. */

type Context = EngineContext<OperationsServices>

const metricsFields = {
  format: field.text({
    default: '',
    query: true,
    description: "`prometheus` for Prometheus' text format; absent: a summary in JSON.",
  }),
}

/** Media types by which Prometheus asks for its formats. */
const PROMETHEUS_ACCEPT = /^application\/openmetrics-text|version=0\.0\.4/

export const metrics = route('metrics', {
  summary: "The server's figures",
  fields: metricsFields,
  auditClear: ['format'],
  operations: { read: readMetrics },
})

async function readMetrics(request: EngineRequest<typeof metricsFields>, { services, clock }: Context): Promise<Reply> {
  const { metrics } = services.operations
  const asks = PROMETHEUS_ACCEPT.test(request.headers.accept ?? '')
  const format = request.fields.format || (asks ? 'prometheus' : '')
  if (format === '') return { raw: jsonReply(await metrics.summary(clock.now())) }
  if (format !== 'prometheus') throw invalid(`metric response format ${JSON.stringify(format.slice(0, 100))} unknown`)
  return { raw: { status: 200, contentType: metrics.contentType, body: await metrics.render() } }
}

export const inFlightRequests = route('in-flight-req', {
  summary: 'The requests being worked on',
  description: 'An object with one member for each request, by its id. It stands in the answer without an envelope.',
  fields: {},
  operations: {
    read: async (_request: EngineRequest, { services }: Context) => ({
      raw: jsonReply(
        Object.fromEntries(
          (await services.operations.inFlight()).map((request) => [
            request.id,
            {
              start_time: new Date(request.startedMs).toISOString(),
              client_remote_address: request.remoteAddress,
              request_path: request.path,
              request_method: request.method,
              client_id: '',
            },
          ]),
        ),
      ),
    }),
  },
})

const monitorFields = {
  log_level: field.text({
    default: 'info',
    query: true,
    description: `Least level to stream: ${LOG_LEVELS.join(', ')}.`,
  }),
  log_format: field.text({ default: 'standard', query: true, description: 'standard or json.' }),
}

export const monitor = route('monitor', {
  summary: "Stream the server's log",
  description:
    'Lines come for as long as the client reads them. A reader that is too slow loses lines, and is told so.',
  fields: monitorFields,
  auditClear: ['log_level', 'log_format'],
  operations: { read: streamLog },
})

async function streamLog(request: EngineRequest<typeof monitorFields>, { services }: Context): Promise<Reply> {
  const wanted = (request.fields.log_level || 'info').toLowerCase()
  const level = LOG_LEVELS.find((name) => name === (wanted === 'err' ? 'error' : wanted))
  if (level === undefined) throw invalid('unknown log level')
  const format = request.fields.log_format.toLowerCase()
  if (format !== 'standard' && format !== 'json') throw invalid('unknown log format')
  const body = services.operations.log.stream(level, format, request.signal)
  return { raw: { status: 200, contentType: 'text/plain; charset=utf-8', body } }
}

export const hostInfo = route('host-info', {
  summary: 'What this machine is and how busy it is',
  description:
    'Processors, disks, memory and the operating system, as far as they can be learnt; the rest is warned about.',
  fields: {},
  returns: Type.Object({
    timestamp: Type.String({ description: 'When it was looked at, RFC 3339.' }),
    cpu: Type.Any({ description: 'The processors.' }),
    cpu_times: Type.Any({ description: 'Seconds that each spent, by kind of work.' }),
    disk: Type.Any({ description: 'Mounted disks, in bytes.' }),
    host: Type.Any({ description: 'Name, operating system, uptime.' }),
    memory: Type.Any({ description: 'In bytes.' }),
  }),
  operations: {
    read: async (_request: EngineRequest, { services }: Context) => {
      const { info, warnings } = await services.operations.hostInfo()
      return { data: info, warnings }
    },
  },
})

function jsonReply(body: object): RawReply {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(body) }
}
