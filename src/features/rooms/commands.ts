import type { CommandTable } from '../../scope.ts'
import { joinRoom, leaveRoom } from './members.ts'

export const roomCommands = {
  'room.join': { run: (scope, { room }) => joinRoom(scope, room) },
  'room.leave': {
    async run(scope, { room }) {
      await leaveRoom(scope, room)
      return { room }
    },
  },
} satisfies CommandTable
