import type { CommandTable } from '../../scope.ts'
import { mostNamed } from '../presence/changes.ts'
import { countOnline, onlineIn } from '../presence/online.ts'
import { joinRoom, leaveRoom } from './join.ts'
import { readRoom } from './lock.ts'
import { setFavourite, setSection } from './members.ts'

export const roomCommands = {
  'room.join': { run: (scope, { room }) => joinRoom(scope, room) },
  'room.leave': {
    async run(scope, { room }) {
      await leaveRoom(scope, room)
      return { room }
    },
  },
  'section.set': { run: (scope, { room, section }) => setSection(scope, room, section) },
  'favourite.set': { run: (scope, { room, favourite }) => setFavourite(scope, room, favourite) },
  'presence.list': {
    run: (scope, { room: id }) =>
      readRoom(scope, id, 'read', async ({ room }) => {
        const online = onlineIn(scope, room.key).slice(0, mostNamed)
        const count = countOnline(scope, room.key)
        return { room: room.id, count, online: online.map(({ username }) => username).sort() }
      }),
  },
} satisfies CommandTable
