import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { ChatError } from '../protocol/errors.ts'
import type { Tools } from '../scope.ts'
import { readiness } from './readiness.ts'

const Health = Type.Object({ status: Type.String(), version: Type.String() })

/** `/health`: the process is running. `/health/ready`: a message would be stored, and the server is not stopping. */
export const healthRoutes = (tools: Tools, version: string, isDraining: () => boolean) =>
  new Elysia({ name: 'health', tags: ['operation'] })
    .get('/health', () => ({ status: 'ok', version }), {
      response: { 200: Health },
      detail: { summary: 'Check that the process is running' },
    })
    .get(
      '/health/ready',
      async () => {
        if (isDraining()) throw new ChatError('server_stopping')
        try {
          await readiness(tools)()
        } catch {
          throw new ChatError('database_away')
        }
        return { status: 'ready', version }
      },
      { response: { 200: Health }, detail: { summary: 'Check that the server is ready for traffic' } },
    )
