import { seedRooms } from '../features/rooms/defaults.ts'
import type { Tools } from '../scope.ts'
import {
  createAccount,
  eraseAccount,
  listAccounts,
  setAccountPassword,
  setBanned,
  setRole,
} from './accounts.ts'
import { backupCommunity } from './backup.ts'
import { createBot, createBotToken, listBotsWithTokens, revokeBot } from './bots.ts'
import { listKeys } from './keys.ts'
import type { Caller, Operation, Outcome } from './operation.ts'
import { createRoom, deleteRoom, listRooms } from './rooms.ts'
import { rotateKeys } from './rotate.ts'
import { rebuildIndex } from './search.ts'
import { issueTokens } from './tokens.ts'
import { acceptOlder, verifyCommunity } from './verify.ts'

/** By name. They run in the server if one is running, otherwise in the command line itself. */
export const operations = {
  'user.create': createAccount,
  'user.list': listAccounts,
  'user.role': setRole,
  'user.ban': setBanned,
  'user.password': setAccountPassword,
  'user.erase': eraseAccount,
  'bot.create': createBot,
  'bot.token': createBotToken,
  'bot.list': listBotsWithTokens,
  'bot.revoke': revokeBot,
  'room.create': createRoom,
  'room.list': listRooms,
  'room.delete': deleteRoom,
  token: issueTokens,
  backup: backupCommunity,
  'keys.list': listKeys,
  'keys.rotate': rotateKeys,
  'search.rebuild': rebuildIndex,
  verify: verifyCommunity,
  'verify.accept': (tools: Tools, _params: object) => acceptOlder(tools),
  seed: async (tools: Tools, _params: object): Promise<Outcome> => {
    const made = await seedRooms(tools)
    const lines = made.length === 0 ? ['the default rooms exist already'] : made.map((id) => `created ${id}`)
    return { lines, data: { made } }
  },
}

export type OperationName = keyof typeof operations
type Every = typeof operations
export type ParamsOf<Name extends OperationName> =
  Every[Name] extends Operation<infer Params> ? Params : never

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name)

export function operate<Name extends OperationName>(
  tools: Tools,
  name: Name,
  params: ParamsOf<Name>,
  caller: Caller,
): Promise<Outcome> {
  return (operations[name] as Operation<ParamsOf<Name>>)(tools, params, caller)
}
