import { Room } from '../rooms.ts'
import type { Route } from '../route.ts'
import { User } from '../users.ts'

const how =
  'The field `file` of a form, or the bytes as the body, as a file of a room. It has to be a JPEG, PNG, WebP or GIF.'

export const avatarRoutes = {
  'PUT /users/me/avatar': {
    summary: 'Set your picture',
    description: `${how} Everybody who is signed in may see it. Those who share a room with you hear of it by \`profile.changed\`.`,
    permit: 'write',
    budget: 'create',
    bodyIs: 'file',
    reply: User,
  },
  'DELETE /users/me/avatar': { summary: 'Remove your picture', permit: 'write', budget: 'write' },
  'DELETE /users/:username/avatar': {
    summary: 'Remove the picture of a user (administrators only)',
    access: 'admin',
    permit: 'admin',
    budget: 'write',
  },
  'PUT /rooms/:room/avatar': {
    summary: 'Set the picture of a room (owners only)',
    description: `${how} Those who can find the room may see it. It counts for the files of the person who sets it, and goes with their account.`,
    permit: 'rooms',
    budget: 'create',
    bodyIs: 'file',
    reply: Room,
  },
  'DELETE /rooms/:room/avatar': {
    summary: 'Remove the picture of a room (owners only)',
    permit: 'rooms',
    budget: 'write',
  },
} as const satisfies Record<string, Route>
