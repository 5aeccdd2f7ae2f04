import { seedRooms } from '../features/rooms/defaults.ts'
import type { Tools } from '../scope.ts'
import { createAccount, listAccounts } from './accounts.ts'
import { makeTokens } from './tokens.ts'

/** What an operator may ask of a community, by name: run in the server when it holds the database, else by itself. */
export const operations = {
  'user.create': createAccount,
  'user.list': listAccounts,
  token: makeTokens,
  seed: async (tools: Tools): Promise<string[]> => {
    const made = await seedRooms(tools)
    return made.length === 0 ? ['the default rooms are there already'] : made.map((id) => `made ${id}`)
  },
} as const

export type OperationName = keyof typeof operations

/** Answers with lines for the terminal. */
export async function operate(tools: Tools, name: OperationName, params: unknown): Promise<string[]> {
  return operations[name](tools, params as never)
}
