import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { ChatError } from '../protocol/errors.ts'
import type { Tools } from '../scope.ts'
import { isDiskLow } from './disk.ts'
import { readiness } from './readiness.ts'

const Health = Type.Object(
  { status: Type.String({ examples: ['ok'] }), version: Type.String({ examples: ['0.1.0'] }) },
  { $id: 'Health' },
)
const Ready = Type.Object(
  {
    ...Health.properties,
    status: Type.Union([Type.Literal('ready'), Type.Literal('degraded')], {
      description:
        '`degraded`: other servers of the community are reached only through the database, so their messages arrive up to 2 s later',
      examples: ['ready'],
    }),
    disk: Type.Union([Type.Literal('ok'), Type.Literal('low')], {
      description: '`low`: the disk of the server is nearly full (DISK_LOW_MB)',
    }),
  },
  { $id: 'Ready' },
)

type State = { isDraining(): boolean; hasSendFailed(): boolean }

/**
 * `/health`: the process is running. `/health/ready`: a message would be stored, and the server is not stopping; if not, the
 * problem has the reason.
 */
export const healthRoutes = (tools: Tools, version: string, { isDraining, hasSendFailed }: State) =>
  new Elysia({ name: 'health', tags: ['operation'] })
    .get('/health', () => ({ status: 'ok', version }), {
      response: { 200: Health },
      detail: {
        summary: 'Check that the process is running',
        description: 'It says nothing about the database: `/health/ready` does.',
      },
    })
    .get(
      '/health/ready',
      async () => {
        if (isDraining()) throw new ChatError('server_stopping')
        const outage = await readiness(tools)(hasSendFailed)
        if (outage) throw new ChatError(outage)
        const status = tools.bus.isConnected() ? ('ready' as const) : ('degraded' as const)
        return { status, version, disk: isDiskLow(tools) ? ('low' as const) : ('ok' as const) }
      },
      {
        response: { 200: Ready },
        detail: {
          summary: 'Check that the server is ready for traffic',
          description: 'Whether a message would be stored now. If not, 503 with the reason.',
        },
      },
    )
