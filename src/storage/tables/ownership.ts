import { sql } from 'drizzle-orm'
import type { PgColumn, PgTable, PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { arrangements } from './arrangements.ts'
import { audit } from './audit.ts'
import { files } from './files.ts'
import { findings } from './findings.ts'
import { keywords } from './keywords.ts'
import { log, reactions } from './log.ts'
import { mailSettings, mails } from './mail.ts'
import { mentions } from './mentions.ts'
import { oneTimeLinks } from './one-time-links.ts'
import { outgoingWebhooks } from './outgoing-webhooks.ts'
import { linkPreviews, messagePreviews } from './previews.ts'
import { pushSubscriptions } from './push-subscriptions.ts'
import { reports } from './reports.ts'
import { invitations, invites, members, rooms, silences } from './rooms.ts'
import { savedMessages } from './saved-messages.ts'
import { searchPositions, searchWords } from './search.ts'
import { sessions } from './sessions.ts'
import { settings } from './settings.ts'
import { threadFollows } from './thread-follows.ts'
import { tickets } from './tickets.ts'
import { tokens } from './tokens.ts'
import { blocks, erasedUsername, users } from './users.ts'
import { webhooks } from './webhooks.ts'

/*
 * What belongs to a room and to a person. The deletion of a room, the erasure of a person and the backup read this list;
 * `tests/features/ownership.test.ts` fails for a table or a reference that is not in it, and looks in the database for
 * anything that remains against it.
 */

/** A row that stays when its room or person is gone: why, and which of its columns are emptied. */
export type Kept<Table extends PgTable = PgTable> = {
  keep: string
  clear?: PgUpdateSetSource<Table>
}

/** What happens to the rows that refer to a deleted room or an erased person by one column. */
export type Fate<Table extends PgTable = PgTable> = ('delete' | Kept<Table>) | Indirect<Table>

/** The column refers to `key` of another table, whose `owner` is the room or the person. */
type Indirect<Table extends PgTable> = {
  through: { key: PgColumn; owner: PgColumn }
  fate: 'delete' | Kept<Table>
}

type ColumnOf<Table extends PgTable> = keyof Table['_']['columns'] & string

type Ownership<Table extends PgTable = PgTable> = {
  /** Which rows go into a backup: all, or those with a condition in SQL. */
  backup: 'all' | { only: string }
  /** By the column that refers to the room. */
  room?: Partial<Record<ColumnOf<Table>, Fate<Table>>>
  /** By the column that refers to the person. */
  person?: Partial<Record<ColumnOf<Table>, Fate<Table>>>
  /** Where a person finds their rows in their own export: a list of `account.json`, or the files of rooms; or why they do not. */
  own?: { list: string } | 'rooms' | { missing: string }
  /** Columns that are no reference and stay in spite of what they say, each with the reason. */
  texts?: Partial<Record<ColumnOf<Table>, string>>
}

export type Owned = { table: PgTable } & Ownership

const owns = <Table extends PgTable>(table: Table, ownership: Ownership<Table>): Owned =>
  ({ table, ...ownership }) as Owned

const noProfile = { title: null, pronouns: null, timeZone: null, customStatus: null }

/** Every table, each after those that it refers to. */
export const ownership: readonly Owned[] = [
  owns(settings, { backup: 'all' }),
  owns(users, {
    backup: 'all',
    room: {
      id: {
        through: { key: webhooks.userId, owner: webhooks.roomKey },
        fate: {
          keep: 'A webhook, which answers 410, refers to its bot.',
          clear: {
            ...{ displayName: '', ...noProfile, banReason: null },
            deletedAt: sql`coalesce(${users.deletedAt}, now())`,
          },
        },
      },
    },
    person: {
      id: {
        keep: 'The messages that stay need an author.',
        clear: {
          // Only a hash, because no other person may ever get the name.
          ...{
            username: erasedUsername(users.username),
            displayName: '',
            email: null,
            emailConfirmedAt: null,
          },
          ...{
            passwordHash: null,
            banReason: null,
            role: 'user',
            directFrom: 'everyone',
            avatar: null,
            quietHours: null,
          },
          ...noProfile,
        },
      },
    },
    own: { list: 'profile' },
  }),
  owns(blocks, { backup: 'all', person: { userId: 'delete', blockedId: 'delete' }, own: { list: 'blocks' } }),
  owns(rooms, {
    backup: 'all',
    room: {
      key: {
        keep: 'A webhook, which answers 410, refers to its room.',
        clear: { title: '', description: '', avatar: null, createdBy: null },
      },
    },
    person: {
      createdBy: { keep: 'The room belongs to its owners.', clear: { createdBy: null } },
    },
    texts: { id: 'The audit log names the room by it.' },
    own: { missing: 'A room belongs to its owners. Its own export has it.' },
  }),
  owns(members, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: {
      userId: {
        keep: 'They leave each room with an event. A direct room keeps its people: the others still read it.',
        clear: { notify: 'all', mutedUntil: null, favourite: false, section: null },
      },
    },
    own: 'rooms',
  }),
  owns(silences, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: { userId: 'delete' },
    own: { missing: 'A decision of the moderators.' },
  }),
  owns(invitations, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: { userId: 'delete', invitedBy: 'delete' },
    own: { list: 'invitations' },
  }),
  owns(invites, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: { createdBy: 'delete' },
    own: { missing: 'They belong to the room, whose moderators list them.' },
  }),
  owns(webhooks, {
    backup: 'all',
    room: { roomKey: { keep: 'A program that still posts gets 410, not 404.' } },
    person: {
      userId: { keep: 'A bot has no account to erase.' },
      createdBy: { keep: 'It is revoked before. A program that still posts gets 410, not 404.' },
    },
    own: { missing: 'They belong to the room, whose owners list them.' },
  }),
  owns(outgoingWebhooks, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: { createdBy: 'delete' },
    own: { missing: 'They belong to the room, whose owners list them.' },
  }),
  owns(sessions, {
    // A restored community starts without sign-ins. An API token is a session that stays.
    backup: { only: 'exists (select 1 from tokens where session_id = sessions.id)' },
    person: { userId: 'delete' },
    own: { list: 'sessions' },
  }),
  owns(tokens, {
    backup: 'all',
    person: { sessionId: { through: { key: sessions.id, owner: sessions.userId }, fate: 'delete' } },
    own: { list: 'tokens' },
  }),
  owns(pushSubscriptions, {
    // It ends with its session, and a restored community starts without sign-ins.
    backup: { only: 'false' },
    person: { sessionId: { through: { key: sessions.id, owner: sessions.userId }, fate: 'delete' } },
    own: { missing: 'An address by which a device is called: a secret of that device.' },
  }),
  owns(tickets, {
    // They are valid for some seconds, and a restored community starts without sign-ins.
    backup: { only: 'false' },
    person: { sessionId: { through: { key: sessions.id, owner: sessions.userId }, fate: 'delete' } },
    own: { missing: 'Secrets that are valid for some seconds.' },
  }),
  owns(oneTimeLinks, {
    // They are valid for minutes, and would sign in people whom the restored community has signed out.
    backup: { only: 'false' },
    person: { userId: 'delete', createdBy: 'delete' },
    own: { missing: 'Secrets that are valid for minutes.' },
  }),
  owns(findings, {
    // They are about this database; a restored one is compared again.
    backup: { only: 'false' },
    room: { roomKey: 'delete', room: { keep: 'Without a key, the room is one that the database lacks.' } },
  }),
  owns(mails, {
    // The community that the backup is of has sent them, or will.
    backup: { only: 'false' },
    person: { userId: 'delete' },
    own: { missing: 'They are on their way to the person.' },
  }),
  owns(mailSettings, { backup: 'all', person: { userId: 'delete' }, own: { list: 'mail' } }),
  owns(log, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: {
      actorId: { keep: 'Messages stay as those of a deleted user, or were deleted one by one.' },
      detail: { keep: 'Events of members say who joined and left; they show a deleted user.' },
    },
    own: 'rooms',
  }),
  // Both are made from the log again after a restore. A room loses its position first: who fills in words holds the lock of that row.
  owns(searchWords, { backup: { only: 'false' }, room: { roomKey: 'delete' } }),
  owns(searchPositions, { backup: { only: 'false' }, room: { roomKey: 'delete' } }),
  // What other sites said once. A restored community goes on with the links of new messages.
  owns(linkPreviews, { backup: { only: 'false' } }),
  owns(messagePreviews, { backup: { only: 'false' }, room: { roomKey: 'delete' } }),
  owns(reactions, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: { userId: { keep: 'Part of the conversation, and shown as that of a deleted user.' } },
    own: 'rooms',
  }),
  owns(mentions, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: {
      userId: 'delete',
      actorId: { keep: 'Who is meant by a message that stays is still meant.' },
    },
    own: { missing: 'Who is meant by a message is in the message.' },
  }),
  owns(arrangements, { backup: 'all', person: { userId: 'delete' }, own: { list: 'arrangement' } }),
  owns(keywords, { backup: 'all', person: { userId: 'delete' }, own: { list: 'keywords' } }),
  owns(savedMessages, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: { userId: 'delete' },
    own: { list: 'saved' },
  }),
  owns(threadFollows, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: { userId: 'delete' },
    own: { list: 'threads' },
  }),
  owns(files, {
    backup: { only: "state = 'ready'" },
    room: {
      roomKey: {
        keep: 'The row says that its bytes are still to be deleted. Without its key nobody opens them.',
        clear: { state: 'removed', sealed: '', clientId: null },
      },
    },
    person: {
      userId: {
        keep: 'The row says that its bytes are still to be deleted. Without its key nobody opens them.',
        clear: { state: 'removed', sealed: '', clientId: null },
      },
    },
    own: 'rooms',
  }),
  owns(reports, {
    backup: 'all',
    room: { roomKey: 'delete' },
    person: {
      authorId: { keep: 'Their message may stay, and then somebody still has to look at it.' },
      reporterId: { keep: 'The message stays reported, as by a deleted user.', clear: { reason: '' } },
      closedBy: { keep: 'It stays closed, as by a deleted user.' },
    },
    own: { list: 'reports' },
  }),
  owns(audit, {
    backup: 'all',
    room: { roomId: { keep: 'What administrators did stays on record.' } },
    person: {
      actorId: { keep: 'What administrators did stays on record, as by a deleted user.' },
      subjectId: {
        keep: 'What administrators did stays on record, as done to a deleted user.',
        // The reason of a ban is a text about the person.
        clear: { detail: sql`${audit.detail} - 'reason'` },
      },
    },
    own: { missing: 'The record of the administrators.' },
  }),
]
