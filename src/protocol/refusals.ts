// Longer than 300 lines: one table of every reason, so that each name, code and sentence stands once.
import type { ErrorCode } from './codes.ts'

type Kind = 'count' | 'text' | 'time' | 'list'

/** The type of a param. A time is ISO 8601; a list has texts. With `?` it may be absent. */
export type ParamKind = Kind | `${Kind}?`

/** `{name}` in a message is replaced by the param. A part in brackets is left out if its param is absent. */
export type Refusal = {
  readonly code: ErrorCode
  readonly message: string
  readonly params?: { readonly [name: string]: ParamKind }
}

/** The rows as the documents list them. */
export const describeReasons = (rows: { readonly [reason: string]: Refusal }) =>
  Object.entries(rows).map(([reason, { code, params = {}, message }]) => ({ reason, code, params, message }))

/**
 * Every reason for which the server refuses a request or a command, with its code, its params and its English text. The
 * page has a text for each reason in every language. Reasons are published: add new ones, never rename or remove one. The
 * texts may change at any time.
 */
export const refusals = {
  // The request cannot be read
  not_json: { code: 'bad_request', message: 'The request body must be a JSON object.' },
  json_expected: {
    code: 'unsupported_media_type',
    message: 'Send JSON, with the header Content-Type: application/json.',
  },
  form_expected: {
    code: 'unsupported_media_type',
    message: 'Send a form, with the header Content-Type: application/x-www-form-urlencoded.',
  },
  body_encoded: {
    code: 'unsupported_media_type',
    message: 'Send the body without compression (Content-Encoding).',
  },
  bad_address: {
    code: 'bad_request',
    message: 'The address contains a character that is not allowed.',
  },
  bad_host: {
    code: 'bad_request',
    message: 'The Host header must be one host name, with or without a port.',
  },
  bad_cookie: { code: 'bad_request', message: 'The cookie cannot be read.' },
  not_a_payload: {
    code: 'bad_request',
    message: 'The body must be JSON, a form with JSON in its field `payload`, or plain text.',
  },
  not_a_frame: { code: 'bad_request', message: 'A frame must be a JSON object.' },
  binary_frame: { code: 'bad_request', message: 'Frames must be text, not binary.' },
  frame_without_type: { code: 'bad_request', message: 'A frame needs a `type`.' },
  not_a_websocket: { code: 'bad_request', message: 'This address accepts only WebSocket connections.' },
  bad_handshake: { code: 'bad_request', message: 'The WebSocket handshake is incomplete or wrong.' },

  // Signing in
  not_signed_in: { code: 'unauthenticated', message: 'Sign in first.' },
  wrong_login: { code: 'unauthenticated', message: 'Wrong username or password.' },
  account_banned: {
    code: 'forbidden',
    message: 'This account is banned[ until {until}].[ Reason: {reason}]',
    params: { until: 'time?', reason: 'text?' },
  },
  token_invalid: { code: 'unauthenticated', message: 'This token is invalid or has expired.' },
  ticket_invalid: { code: 'unauthenticated', message: 'This ticket is invalid, expired or already used.' },
  session_ended: { code: 'unauthenticated', message: 'This session has ended. Sign in again.' },

  // Accounts
  signup_closed: { code: 'forbidden', message: 'Sign-up is closed. Ask an administrator for an account.' },
  setup_link_invalid: { code: 'forbidden', message: 'This set-up link is invalid or already used.' },
  link_invalid: {
    code: 'forbidden',
    message: 'This link is invalid, expired or already used. Ask for a new one.',
  },
  admin_exists: { code: 'forbidden', message: 'This server already has an administrator.' },
  wrong_current_password: { code: 'forbidden', message: 'Your current password is wrong.' },
  confirm_password: {
    code: 'forbidden',
    message: 'Enter your current password to confirm this.',
  },
  username_taken: { code: 'conflict', message: 'This username is taken. Choose another one.' },
  username_reserved: { code: 'invalid', message: 'This username is reserved. Choose another one.' },
  name_reserved: {
    code: 'invalid',
    message: 'This name looks like that of an administrator or of the server. Choose another one.',
  },
  email_taken: { code: 'conflict', message: 'This email address is already in use.' },
  names_alike: {
    code: 'conflict',
    message:
      'Other people have a name that looks like this one: {usernames}. Change one of these names first.',
    params: { usernames: 'list' },
  },
  last_admin: {
    code: 'conflict',
    message: 'This is the last administrator. Make someone else an administrator first.',
  },
  user_role_fixed: { code: 'conflict', message: 'Everyone has the role `user`: it cannot be removed.' },
  ban_yourself: { code: 'conflict', message: 'You cannot ban yourself.' },
  block_yourself: { code: 'conflict', message: 'You cannot block yourself.' },
  bot_without_password: { code: 'conflict', message: 'A bot has no password. It signs in with a token.' },
  no_mail: { code: 'conflict', message: 'This server does not send email.' },
  user_not_found: { code: 'not_found', message: 'This user does not exist.' },
  session_not_found: { code: 'not_found', message: 'This session does not exist.' },
  bot_not_found: { code: 'not_found', message: 'This bot does not exist.' },
  token_not_found: { code: 'not_found', message: 'This token does not exist.' },

  // Permissions
  admins_only: { code: 'forbidden', message: 'Only administrators can do this.' },
  admins_create_admins: { code: 'invalid', message: 'Only an administrator can create another one.' },
  origin_not_allowed: { code: 'forbidden', message: 'Pages of this origin cannot use this server.' },
  token_not_allowed: { code: 'forbidden', message: 'An API token cannot do this. Sign in instead.' },
  token_lacks_scope: {
    code: 'forbidden',
    message: 'This API token needs the scope `{scope}` to do this.',
    params: { scope: 'text' },
  },
  scope_needs_admin: {
    code: 'invalid',
    message: 'Only an administrator can give a token of their own the scope `admin`.',
  },
  other_session: { code: 'forbidden', message: 'This token belongs to another session.' },
  too_many_tokens: {
    code: 'conflict',
    message: 'There are already {most} tokens. Revoke some of them first.',
    params: { most: 'count' },
  },

  // Rooms and their members
  room_not_found: { code: 'not_found', message: 'This room does not exist.' },
  member_not_found: { code: 'not_found', message: 'This user is not a member of the room.' },
  room_taken: { code: 'conflict', message: 'A room with this name already exists. Choose another name.' },
  admins_create_rooms: { code: 'forbidden', message: 'Only administrators can create this room.' },
  not_a_member: { code: 'forbidden', message: 'Join this room first.' },
  room_archived: { code: 'forbidden', message: 'This room is archived and read-only.' },
  moderators_only: { code: 'forbidden', message: 'Only moderators of this room can do this.' },
  owners_only: { code: 'forbidden', message: 'Only an owner of this room can do this.' },
  owners_appoint: {
    code: 'forbidden',
    message: 'Only an owner can add, change or remove owners and moderators.',
  },
  admins_room: { code: 'forbidden', message: 'Only administrators can be members of this room.' },
  last_owner: {
    code: 'conflict',
    message: 'This is the last owner of the room. Make someone else an owner first.',
  },
  invites_not_accepted: { code: 'forbidden', message: 'Nobody can be invited to this room.' },
  invitation_not_found: { code: 'not_found', message: 'This invitation does not exist any more.' },
  too_many_invitations: {
    code: 'conflict',
    message: 'This person has not answered {most} invitations from you. Wait for an answer first.',
    params: { most: 'count' },
  },
  invite_not_found: { code: 'not_found', message: 'This invite does not exist.' },
  invite_invalid: { code: 'not_found', message: 'This invite is invalid, expired or used up.' },

  retention_too_long: {
    code: 'invalid',
    message: 'This server deletes messages after {most} days: a room cannot keep them longer.',
    params: { most: 'count' },
  },

  // Direct messages
  direct_refused: { code: 'forbidden', message: 'Some of these people do not accept direct messages.' },
  person_refuses_direct: { code: 'forbidden', message: 'This person does not accept direct messages.' },
  direct_blocked: { code: 'forbidden', message: 'You cannot send messages in this conversation.' },
  direct_members_fixed: { code: 'forbidden', message: 'The people in a direct conversation cannot change.' },
  direct_permanent: { code: 'forbidden', message: 'A direct conversation cannot be deleted.' },
  direct_not_exported: {
    code: 'forbidden',
    message: 'A direct conversation is in the export of each of its people.',
  },
  admins_room_stays: {
    code: 'invalid',
    message: 'A room for administrators stays one. Create another room for others.',
  },
  direct_without_settings: { code: 'invalid', message: 'A direct conversation has no settings.' },
  direct_elsewhere: { code: 'invalid', message: 'Open a direct conversation with POST /directs.' },
  nobody_else: { code: 'invalid', message: 'Name at least one other person.' },
  too_many_people: {
    code: 'invalid',
    message: 'A direct conversation can have at most {most} people, including you.',
    params: { most: 'count' },
  },

  // Messages
  moderators_post: { code: 'forbidden', message: 'Only moderators can post in this room.' },
  silenced: {
    code: 'forbidden',
    message: 'You are silenced in this room until {until}.',
    params: { until: 'time' },
  },
  not_the_author: { code: 'forbidden', message: 'Only the author can edit this message.' },
  not_yours_to_delete: {
    code: 'forbidden',
    message: 'Only the author or a moderator can delete this message.',
  },
  message_not_found: { code: 'not_found', message: 'This message does not exist.' },
  message_deleted: { code: 'gone', message: 'This message was deleted.' },
  preview_not_found: { code: 'not_found', message: 'This message has no such preview.' },
  preview_not_yours: {
    code: 'forbidden',
    message: 'Only the author of the message and moderators can remove this preview.',
  },
  reply_not_found: { code: 'invalid', message: 'The message you reply to is not in this room.' },
  attachment_not_found: {
    code: 'invalid',
    message: 'One of these files does not exist, is not yours, or was uploaded to another room.',
  },
  attachment_used: { code: 'conflict', message: 'One of these files was sent already. Upload it again.' },
  client_id_reused: {
    code: 'conflict',
    message: 'You already used this client_id for something else.',
  },
  too_many_reactions: {
    code: 'conflict',
    message: 'A message can have at most {most} different reactions.',
    params: { most: 'count' },
  },
  too_many_saved: {
    code: 'conflict',
    message: 'You can save at most {most} messages. Remove some first.',
    params: { most: 'count' },
  },

  report_yourself: { code: 'conflict', message: 'You cannot report your own message.' },
  already_reported: { code: 'conflict', message: 'You have already reported this message.' },
  report_not_found: { code: 'not_found', message: 'This report does not exist.' },
  report_closed: { code: 'conflict', message: 'Someone else has already closed this report.' },

  // Search
  search_off: { code: 'forbidden', message: 'Search is turned off on this server.' },
  search_empty: { code: 'invalid', message: 'Enter a word to search for.' },
  search_words: {
    code: 'invalid',
    message: 'A search can have at most {max} words. Leave some out.',
    params: { max: 'count' },
  },
  search_filter: {
    code: 'invalid',
    message: 'The search cannot read what follows {filter}. Correct it or leave it out.',
    params: { filter: 'text' },
  },
  search_too_broad: {
    code: 'invalid',
    message: 'Too many messages have these words. Add a word, a room or a person.',
  },
  cursor_wrong: { code: 'invalid', message: 'This is not the `next` of a page.' },

  // Webhooks
  webhooks_not_accepted: { code: 'forbidden', message: 'This room does not accept webhooks.' },
  webhook_not_found: { code: 'not_found', message: 'This webhook does not exist.' },
  webhook_removed: { code: 'gone', message: 'This webhook was removed.' },
  webhook_banned: { code: 'forbidden', message: 'This webhook is banned.' },
  webhook_creator_lost_right: {
    code: 'gone',
    message: 'The person who created this webhook can no longer create webhooks in its room.',
  },
  webhook_creator_banned: { code: 'forbidden', message: 'The person who created this webhook is banned.' },
  too_many_webhooks: {
    code: 'conflict',
    message: 'This room already has {most} webhooks. Remove some of them first.',
    params: { most: 'count' },
  },
  too_many_outgoing_webhooks: {
    code: 'conflict',
    message: 'There are already {most} outgoing webhooks. Delete some of them first.',
    params: { most: 'count' },
  },
  url_broken: { code: 'invalid', message: 'This is not the address of a web server.' },
  url_not_https: { code: 'invalid', message: 'The address must begin with https://.' },
  url_has_password: { code: 'invalid', message: 'The address must not contain a username or a password.' },
  url_port: { code: 'invalid', message: 'The address must not have this port.' },
  url_not_public: {
    code: 'invalid',
    message: 'This address is not public. The operator can allow it with OUTGOING_ALLOW.',
  },
  keyword_without_word: { code: 'invalid', message: 'A keyword needs a letter or a digit.' },
  section_not_found: { code: 'invalid', message: 'This section does not exist.' },
  push_key_wrong: { code: 'invalid', message: 'This is not a key of a browser’s subscription.' },
  push_subscription_not_found: { code: 'not_found', message: 'This subscription does not exist.' },
  no_text_to_show: { code: 'invalid', message: 'The body contains no text that could be shown.' },

  // Fields
  invalid_fields: { code: 'invalid', message: 'Some fields are missing, unknown or invalid.' },
  required: { code: 'invalid', message: 'This field is required.' },
  nothing_given: { code: 'invalid', message: 'Give at least one field.' },
  repeated_field: { code: 'invalid', message: 'A field is given twice.' },
  unknown_field: { code: 'invalid', message: 'This field is unknown.' },
  unknown_command: { code: 'invalid', message: 'This command does not exist.' },
  empty: { code: 'invalid', message: 'This field must not be empty.' },
  too_short: {
    code: 'invalid',
    message: 'This must have at least {min} characters.',
    params: { min: 'count' },
  },
  too_long: { code: 'invalid', message: 'This can have at most {max} characters.', params: { max: 'count' } },
  broken_text: { code: 'invalid', message: 'This text contains a character that is not allowed.' },
  hidden_characters: {
    code: 'invalid',
    message:
      'This contains invisible characters, line breaks or characters that change the direction of text. Type it without them.',
  },
  too_many_marks: {
    code: 'invalid',
    message: 'This has too many accents on one letter, or begins with one.',
  },
  not_text: { code: 'invalid', message: 'This must be text.' },
  not_a_number: { code: 'invalid', message: 'This must be a number.' },
  not_an_integer: { code: 'invalid', message: 'This must be a whole number.' },
  not_in_range: {
    code: 'invalid',
    message: 'This must be a whole number from {min} to {max}.',
    params: { min: 'count', max: 'count' },
  },
  too_small: { code: 'invalid', message: 'This must be {min} or more.', params: { min: 'count' } },
  too_large: { code: 'invalid', message: 'This must be {max} or less.', params: { max: 'count' } },
  not_a_boolean: { code: 'invalid', message: 'This must be true or false.' },
  not_a_list: { code: 'invalid', message: 'This must be a list.' },
  too_few_items: {
    code: 'invalid',
    message: 'This list must have at least {min} items.',
    params: { min: 'count' },
  },
  too_many_items: {
    code: 'invalid',
    message: 'This list can have at most {max} items.',
    params: { max: 'count' },
  },
  repeated_item: { code: 'invalid', message: 'This list contains the same item twice.' },
  not_an_object: { code: 'invalid', message: 'This must be a JSON object.' },
  not_one_of: {
    code: 'invalid',
    message: 'This must be one of: {allowed}.',
    params: { allowed: 'list' },
  },
  ref_format: { code: 'invalid', message: 'A `ref` is a number, or text of up to 128 characters.' },
  username_format: {
    code: 'invalid',
    message:
      'Use 3 to 32 letters, digits, dots, dashes or underscores. Start with a letter or a digit, and do not end with a dot or a dash.',
  },
  email_format: { code: 'invalid', message: 'Enter an email address, such as ada@example.org.' },
  room_id_format: {
    code: 'invalid',
    message: 'Use 1 to 64 lower-case letters a–z, digits, dashes or underscores.',
  },
  client_id_format: {
    code: 'invalid',
    message: 'Use 1 to 64 visible ASCII characters, without spaces.',
  },
  emoji_format: { code: 'invalid', message: 'Use an emoji or a :name:.' },
  time_zone_unknown: { code: 'invalid', message: 'There is no such time zone.' },
  time_format: {
    code: 'invalid',
    message: 'Use a time in ISO 8601, such as 2026-11-28T09:30:00.000Z.',
  },
  time_past: { code: 'invalid', message: 'Use a time in the future.' },
  wrong_format: { code: 'invalid', message: 'This has the wrong format.' },
  password_is_name: {
    code: 'invalid',
    message: 'The password must not be your username or your email address.',
  },
  password_common: {
    code: 'invalid',
    message: 'This password is one of the first that attackers try. Choose another one.',
  },

  // Files
  file_not_found: { code: 'not_found', message: 'This file does not exist.' },
  file_sent: { code: 'conflict', message: 'This file was sent already.' },
  file_empty: { code: 'invalid', message: 'The file is empty.' },
  file_type_refused: {
    code: 'unsupported_media_type',
    message: 'This server does not accept files of the type {type}.',
    params: { type: 'text' },
  },
  not_a_picture: {
    code: 'invalid',
    message: 'This is not a picture that can be shown. Choose a JPEG, PNG, WebP or GIF.',
  },
  file_damaged: { code: 'gone', message: 'The file is damaged and cannot be read.' },
  bad_form: { code: 'bad_request', message: 'The form cannot be read.' },
  one_file: { code: 'invalid', message: 'Send one file, in the field `file`, and no other field.' },
  upload_cut: { code: 'bad_request', message: 'The upload ended too early. Try again.' },
  upload_slow: {
    code: 'bad_request',
    message: 'The upload was too slow. Try again with a better connection.',
  },
  signature_invalid: {
    code: 'unauthenticated',
    message: 'This address was not signed for this file, or has expired.',
  },
  files_elsewhere: {
    code: 'unavailable',
    message: 'This server cannot find where the files are stored. The operator has to set FILES_URL.',
  },
  files_away: {
    code: 'unavailable',
    message: 'The storage of the files is not responding. Try again in a moment.',
  },

  // Too much
  file_too_large: {
    code: 'too_large',
    message: 'A file can have at most {max} bytes.',
    params: { max: 'count' },
  },
  picture_too_large: {
    code: 'too_large',
    message: 'A picture can have at most {max} pixels.',
    params: { max: 'count' },
  },
  files_full: {
    code: 'too_large',
    message:
      'Your files can have at most {max} bytes together. Delete messages with files that you do not need.',
    params: { max: 'count' },
  },
  too_many_uploads: {
    code: 'rate_limited',
    message: 'You can upload at most {most} files at once.',
    params: { most: 'count' },
  },
  body_too_large: {
    code: 'too_large',
    message: 'The request body is larger than {max} bytes.',
    params: { max: 'count' },
  },
  too_many_requests: { code: 'rate_limited', message: 'Too many requests. Try again in a moment.' },
  too_many_messages: { code: 'rate_limited', message: 'Too many messages at once. Try again in a moment.' },
  too_many_writes: { code: 'rate_limited', message: 'Too many changes at once. Try again in a moment.' },
  too_many_reads: { code: 'rate_limited', message: 'Too many requests at once. Try again in a moment.' },
  too_many_exports: {
    code: 'rate_limited',
    message: 'You have exported too often. Try again in some minutes.',
  },
  export_running: {
    code: 'rate_limited',
    message: 'Another export of yours is still running. Wait until it has ended.',
  },
  too_many_creations: {
    code: 'rate_limited',
    message: 'You have created too many things at once. Try again in a few minutes.',
  },
  slow_mode: {
    code: 'rate_limited',
    message: 'Slow mode is on: you can send one message every {seconds} seconds in this room.',
    params: { seconds: 'count' },
  },
  passwords_busy: {
    code: 'rate_limited',
    message: 'The server is checking too many passwords. Try again in a moment.',
  },
  too_many_rooms: {
    code: 'rate_limited',
    message: 'One socket can subscribe to at most {most} rooms.',
    params: { most: 'count' },
  },

  // The server
  wrong_method: {
    code: 'method_not_allowed',
    message: 'This address does not accept this method. Use {methods}.',
    params: { methods: 'list' },
  },
  nothing_here: { code: 'not_found', message: 'There is nothing at this address.' },
  internal: { code: 'internal', message: 'Something went wrong on the server.' },
  disk_full: {
    code: 'unavailable',
    message: 'The disk of this server is full, so nothing can be saved. The operator has to free some space.',
  },
  database_gone: {
    code: 'unavailable',
    message: 'The files of the database were removed while the server ran. The operator has to restore them.',
  },
  database_damaged: {
    code: 'unavailable',
    message: 'The database is damaged. The operator has to check the disk and restore a backup.',
  },
  database_away: { code: 'unavailable', message: 'The database is not responding. Try again in a moment.' },
  server_busy: { code: 'unavailable', message: 'The server has too much to do. Try again in a moment.' },
  server_full: {
    code: 'unavailable',
    message: 'The server has no room for another connection. Try again in a moment.',
  },
  server_stopping: { code: 'unavailable', message: 'The server is restarting. Try again in a moment.' },
  room_busy: { code: 'unavailable', message: 'The room is too busy. Try again in a moment.' },
  socket_closed: { code: 'unavailable', message: 'The connection is closed.' },
} as const satisfies Record<string, Refusal>
