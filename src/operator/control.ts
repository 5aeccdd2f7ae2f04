import { chmodSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { ChatError } from '../protocol/errors.ts'
import type { Tools } from '../scope.ts'
import { type OperationName, operate, operations } from './operator.ts'

/**
 * The embedded database belongs to one process. While the server runs, the command line asks it through this socket in
 * DATA_DIR, which only the same user can open.
 */
const pathOf = (config: Config): string => join(resolve(config.dataDir), 'control.sock')

export function openControl(tools: Tools, config: Config): () => void {
  if (config.databaseUrl !== undefined) return () => {}
  const path = pathOf(config)
  rmSync(path, { force: true })
  const server = Bun.serve({
    unix: path,
    async fetch(request) {
      const { name, params } = (await request.json()) as { name: OperationName; params: unknown }
      if (!Object.hasOwn(operations, name))
        return Response.json({ refusal: 'This server does not know that command.' })
      try {
        return Response.json({ lines: await operate(tools, name, params) })
      } catch (error) {
        if (error instanceof ChatError) return Response.json({ refusal: error.message })
        tools.log.error('an operation failed', { name, error })
        return Response.json({ refusal: 'The operation failed; the server log says why.' })
      }
    },
  })
  chmodSync(path, 0o600)
  return () => {
    void server.stop(true)
    rmSync(path, { force: true })
  }
}

/** The answer of the running server; undefined when none runs on this directory. */
export async function askControl(
  config: Config,
  name: OperationName,
  params: unknown,
): Promise<string[] | undefined> {
  if (config.databaseUrl !== undefined) return undefined
  let response: Response
  try {
    response = await fetch('http://control/', {
      unix: pathOf(config),
      method: 'POST',
      body: JSON.stringify({ name, params }),
    })
  } catch {
    return undefined
  }
  const answer = (await response.json()) as { lines?: string[]; refusal?: string }
  if (answer.lines) return answer.lines
  throw new ChatError('invalid', answer.refusal ?? 'The server did not answer.')
}
