import type { CommandTable } from '../../scope.ts'
import { accessRoom } from '../rooms/access.ts'
import { countOnline, mostNamed, onlineIn } from './online.ts'

export const presenceCommands = {
  'presence.list': {
    async run(scope, { room: id }) {
      const { room } = await accessRoom(scope, id, 'read')
      const count = countOnline(scope, room.key)
      const online = onlineIn(scope, room.key).slice(0, mostNamed)
      return { room: room.id, count, online: online.map(({ username }) => username).sort() }
    },
  },
} satisfies CommandTable
