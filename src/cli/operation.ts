import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { askControl } from '../operator/control.ts'
import { type OperationName, operate } from '../operator/operator.ts'
import { closeTools, openTools } from '../tools.ts'

/** Runs an operation in the server that holds the database, or here when none does, and prints its lines. */
export async function runOperation(name: OperationName, params: unknown): Promise<number> {
  const config = readConfig(process.env)
  const lines = (await askControl(config, name, params)) ?? (await runHere(name, params))
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

async function runHere(name: OperationName, params: unknown): Promise<string[]> {
  const config = readConfig(process.env)
  // Standard output is for the answer: scripts read it.
  const log = createLog({ level: 'warn', destination: { write: (line) => void process.stderr.write(line) } })
  const tools = await openTools(config, log)
  try {
    return await operate(tools, name, params)
  } finally {
    await closeTools(tools)
  }
}
