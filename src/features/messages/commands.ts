import type { CommandTable } from '../../scope.ts'
import { deleteMessage, editMessage } from './edit.ts'
import { listMessagesAt } from './list.ts'
import { addReaction, listReactions, removeReaction, setPin } from './reactions.ts'
import { isReadyToSend, sendMessage } from './send.ts'
import { listThread } from './threads.ts'
import { listVersions } from './versions.ts'

export const messageCommands = {
  'message.send': {
    run: (scope, message) => sendMessage(scope, message.room, message),
    pipelines: (scope, message) => isReadyToSend(scope, message.room, message),
  },
  'message.edit': { run: (scope, { room, seq, content }) => editMessage(scope, room, seq, content) },
  'message.delete': { run: (scope, { room, seq }) => deleteMessage(scope, room, seq) },
  'message.list': { run: (scope, { room, ...query }) => listMessagesAt(scope, room, query) },
  'version.list': { run: (scope, { room, seq, ...query }) => listVersions(scope, room, seq, query) },
  'thread.list': { run: (scope, { room, seq, ...query }) => listThread(scope, room, seq, query) },
  'reaction.add': { run: (scope, { room, seq, emoji }) => addReaction(scope, room, seq, emoji) },
  'reaction.remove': { run: (scope, { room, seq, emoji }) => removeReaction(scope, room, seq, emoji) },
  'reaction.list': { run: (scope, { room, seq, ...query }) => listReactions(scope, room, seq, query) },
  'pin.add': { run: (scope, { room, seq }) => setPin(scope, room, seq, true) },
  'pin.remove': { run: (scope, { room, seq }) => setPin(scope, room, seq, false) },
} satisfies CommandTable
