import type { CommandTable } from '../../scope.ts'
import { listSaved, saveMessage } from './save.ts'

export const savedCommands = {
  'saved.add': { run: (scope, { room, seq }) => saveMessage(scope, room, seq, true) },
  'saved.remove': { run: (scope, { room, seq }) => saveMessage(scope, room, seq, false) },
  'saved.list': { run: (scope, query) => listSaved(scope, query) },
} satisfies CommandTable
