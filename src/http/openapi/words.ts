/** Descriptions of tags and parameters. The linter in tests/http fails if one is missing. */

export const tagWords: Record<string, string> = {
  sessions: 'Sign up, sign in, sign out, refresh tokens.',
  users: 'Your account, and other users.',
  tokens: 'API tokens, and the bots that use them.',
  rooms: 'Rooms, their members, invites, direct rooms.',
  messages: 'Messages, reactions and pins.',
  search: 'Find messages by their words.',
  files: 'Files that messages have, and their previews.',
  mail: 'Confirm an address, and choose which mails you get.',
  reports: 'Messages that members reported, for moderators and administrators.',
  webhooks: 'URLs through which programs send messages to a room.',
  push: 'Messages to devices of people who are away, by the push service of each device.',
  administration: 'For administrators only.',
  sockets: 'Live events: see `/asyncapi.json`.',
  operation: 'For the operator of the server.',
}

export const parameterWords: Record<string, string> = {
  after: 'Start after this item: `next` of the previous page.',
  before: 'End before this item: `next` of the previous page.',
  since: 'Only events after this `seq`.',
  limit: 'The maximum number of items on the page.',
  seq: 'The number of the message in its room.',
  username: 'The user’s name. Among the members of a room, `me` is you.',
  role: 'The global role.',
  id: 'The `id` of the item in its list.',
  file: 'The `id` of a file, as its message has it.',
  preview: 'The `id` of a preview, as its message has it.',
  code: 'The code at the end of the invite link.',
  secret: 'The last part of the address, which only those know who may use it.',
  invite: 'The code of an invite, if the server requires one to sign up.',
  token: 'An access token or API token, for clients that cannot set a header.',
  ticket: 'A ticket from `POST /auth/ticket`: opens one socket, within 30 s.',
}
