/** What the routes do not say about themselves. The linter of the tests finds whatever is missing here. */

export const tagWords: Record<string, string> = {
  sessions: 'Signing up, in and out; tokens.',
  users: 'Oneself and others.',
  tokens: 'API tokens, and bots that act with them.',
  rooms: 'Rooms, their members, invites, direct rooms.',
  messages: 'What is said in rooms.',
  webhooks: 'Addresses at which programs speak in a room.',
  administration: 'For administrators.',
  sockets: 'Live: see `/asyncapi.json`.',
  operation: 'For whoever runs the server.',
}

export const parameterWords: Record<string, string> = {
  after: 'Begin after this: the `next` of the page before.',
  before: 'End before this: the `next` of the page before.',
  since: 'Only events after this `seq`.',
  limit: 'Most items on the page.',
  seq: 'The number of the message in its room.',
  username: 'Whose; as a member of a room, `me` stands for oneself.',
  role: 'The global role.',
  id: 'As in the list.',
  code: 'Of the invite link.',
  secret: 'The end of the webhook’s address.',
  invite: 'The code of an invite, where signing up needs one.',
  token: 'An access token or API token, where no header can be set.',
  ticket: 'From `POST /auth/ticket`: good for one socket, within 30 s.',
}
