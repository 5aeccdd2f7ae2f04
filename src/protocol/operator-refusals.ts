import type { Refusal } from './refusals.ts'

/** Refusals of the operator's command line. They exist in English only, as the whole command line does. */
export const operatorRefusals = {
  user_missing: {
    code: 'not_found',
    message: 'There is no user {username}. Use --create to create one.',
    params: { username: 'text' },
  },
  operation_unknown: {
    code: 'not_found',
    message: 'The running server has another version, without this command.',
  },
  operation_failed: { code: 'internal', message: 'The operation failed. The log of the server says why.' },
  server_of_another_user: {
    code: 'forbidden',
    message: 'A server of another user runs here: {path}. Run this command as that user.',
    params: { path: 'text' },
  },
  server_unreached: {
    code: 'unavailable',
    message:
      'A server uses this database, and this command did not reach it, so nothing was changed. Run it on the machine of that ' +
      'server, as its user and with its DATA_DIR and DATABASE_URL, or stop that server first.',
  },
  server_stopped: { code: 'unavailable', message: 'The server stopped before it replied.' },
  direct_not_creatable: { code: 'invalid', message: 'Only the people in a direct conversation can open it.' },
  owner_required: {
    code: 'invalid',
    message: 'A private room needs an owner: nobody else could add members.',
  },
  owner_not_admin: { code: 'invalid', message: 'The owner of this room must be an administrator.' },
  owner_banned: { code: 'invalid', message: 'A banned user cannot own a room.' },
  bot_not_admin: {
    code: 'invalid',
    message:
      'A new bot cannot have the scope `admin`. Make it an administrator first, then create another token.',
  },
  bot_not_erased: {
    code: 'invalid',
    message: 'A bot has no account to erase. Revoke its tokens, or remove its webhook.',
  },

  keys_rotating: { code: 'conflict', message: 'The keys are already being rotated.' },
  key_not_introduced: {
    code: 'conflict',
    message: 'Not every node has the key {key}. Start every node with it first, followed by the older keys.',
    params: { key: 'text' },
  },
  keys_not_written: {
    code: 'unavailable',
    message: 'The keys could not be written and have not changed. {why}',
    params: { why: 'text' },
  },

  backup_damaged: {
    code: 'invalid',
    message: 'The backup is damaged: it is not what was written. Nothing was changed.',
  },
  backup_line_wrong: {
    code: 'invalid',
    message:
      'The backup has a row that Parley did not write and that does not fit, in line {lines}. Nothing was changed.',
    params: { lines: 'text' },
  },
  backup_cut_short: {
    code: 'invalid',
    message: 'The backup has no end: it was cut short, or something was added to it. Nothing was changed.',
  },
  backup_other_form: {
    code: 'invalid',
    message:
      'The backup has form {form}, and this Parley reads form 1. Restore it with the version that made it, or a later one.',
    params: { form: 'text' },
  },
  not_a_backup: { code: 'invalid', message: 'This is not a backup of Parley.' },
  backup_newer: {
    code: 'invalid',
    message: 'A newer Parley ({program}) made this backup. Restore it with that version or a later one.',
    params: { program: 'text' },
  },
  backup_schema_unknown: {
    code: 'invalid',
    message: 'The backup has a schema that this Parley never had ({schema}).',
    params: { schema: 'text' },
  },
  backup_key_missing: {
    code: 'invalid',
    message:
      'The messages of this backup are encrypted with the key {key}, which is neither in the backup nor on this server. ' +
      'Put the ENCRYPTION_KEY of that time (or its secrets.json) into a file and use --keys <file>. Nothing was changed.',
    params: { key: 'text' },
  },
  database_in_use: {
    code: 'conflict',
    message:
      'Parley is running on this database ({connections} connections). Stop every node first, and anything else that uses it.',
    params: { connections: 'count' },
  },
  community_exists: {
    code: 'conflict',
    message:
      'There is already a community in this database. To replace it, add --replace: everything in it will be deleted.',
  },
} as const satisfies Record<string, Refusal>
