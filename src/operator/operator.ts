import { seedRooms } from '../features/rooms/defaults.ts'
import type { Tools } from '../scope.ts'
import { banOrLift, createAccount, givePassword, giveRole, listAccounts } from './accounts.ts'
import { backupCommunity } from './backup.ts'
import { createBot, createBotToken, revokeBot, surveyBots } from './bots.ts'
import { listKeys } from './keys.ts'
import type { Caller, Operation, Outcome } from './operation.ts'
import { listRooms, makeRoom, removeRoom } from './rooms.ts'
import { rotateKeys } from './rotate.ts'
import { tokensOfADay } from './tokens.ts'

/** By name: run in the server when it holds the database, else by the command line itself. */
export const operations = {
  'user.create': createAccount,
  'user.list': listAccounts,
  'user.role': giveRole,
  'user.ban': banOrLift,
  'user.password': givePassword,
  'bot.create': createBot,
  'bot.token': createBotToken,
  'bot.list': surveyBots,
  'bot.revoke': revokeBot,
  'room.create': makeRoom,
  'room.list': listRooms,
  'room.delete': removeRoom,
  token: tokensOfADay,
  backup: backupCommunity,
  'keys.list': listKeys,
  'keys.rotate': rotateKeys,
  seed: async (tools: Tools, _params: object): Promise<Outcome> => {
    const made = await seedRooms(tools)
    const lines = made.length === 0 ? ['the default rooms are there already'] : made.map((id) => `made ${id}`)
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
