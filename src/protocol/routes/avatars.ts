import { Community } from '../community.ts'
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
  'PUT /community/avatar': {
    summary: 'Set the picture of the community (administrators only)',
    description: `${how} Everybody may see it, also on the sign-in page, and all sockets hear of it by \`community.changed\`. It counts for the files of the person who sets it, and goes with their account.`,
    access: 'admin',
    permit: 'admin',
    budget: 'create',
    bodyIs: 'file',
    reply: Community,
  },
  'DELETE /community/avatar': {
    summary: 'Remove the picture of the community (administrators only)',
    access: 'admin',
    permit: 'admin',
    budget: 'write',
  },
  'GET /community/avatar/:file': {
    summary: 'Get the picture of the community, as WebP',
    description: 'For everybody. An older picture is gone.',
    access: 'public',
    replyIs: 'file',
  },
} as const satisfies Record<string, Route>
