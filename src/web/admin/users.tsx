import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../protocol/users.ts'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { type Choice, Menu } from '../kit/menu.tsx'
import { SearchField } from '../kit/search-field.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { More } from '../kit/show-more.tsx'
import { longDayOf, whenOf } from '../language/dates.ts'
import { isolated, say } from '../language/say.ts'
import { Ban } from '../people/ban.tsx'
import { CreateAccount } from './create-account.tsx'
import { InvitePeople } from './invite-people.tsx'
import { CreateSignInLink } from './sign-in-link.tsx'

export function Users() {
  const { admin } = useStore()
  const [changing, setChanging] = useState<User>()
  const [banning, setBanning] = useState<User>()
  const [linking, setLinking] = useState<User>()
  const [creating, setCreating] = useState(false)
  const pages = admin.users.value
  useEffect(() => admin.findUsers(admin.userQuery.peek()), [admin])

  return (
    <>
      <InvitePeople onCreate={() => setCreating(true)} />
      <SearchField label={say('users.search')} value={admin.userQuery.value} onSearch={admin.findUsers} />
      {!pages && <p role="status">{say('app.moment')}</p>}
      {pages?.items.length === 0 && <p role="status">{say('users.none')}</p>}
      <ul class="entries" aria-label={say('admin.users')}>
        {pages?.items.map((user) => (
          <Line
            key={user.username}
            user={user}
            onChange={() => setChanging(user)}
            onBan={() => setBanning(user)}
            onLink={() => setLinking(user)}
          />
        ))}
      </ul>
      <More pages={pages} onMore={admin.moreUsers} />
      {creating && <CreateAccount onClose={() => setCreating(false)} />}
      {changing && <Change user={changing} onClose={() => setChanging(undefined)} />}
      {linking && <CreateSignInLink user={linking} onClose={() => setLinking(undefined)} />}
      {banning && (
        <Ban username={banning.username} name={banning.display_name} onClose={() => setBanning(undefined)} />
      )}
    </>
  )
}

type LineProps = { user: User; onChange: () => void; onBan: () => void; onLink: () => void }

function Line({ user, ...opens }: LineProps) {
  const { username, display_name, email, bot, banned } = user
  const isAdmin = user.roles.includes('admin')
  const choices = useChoices(user, opens)
  const marks = [
    bot && { word: say('person.bot') },
    isAdmin && { word: say('users.admin') },
    banned && { word: say('users.banned'), bad: true },
  ].filter((mark) => !!mark)
  return (
    <li class="entry">
      <div class="what">
        <span class="named">
          <strong dir="auto">{display_name}</strong>
          {marks.map(({ word, bad }) => (
            <span key={word} class={bad ? 'badge bad' : 'badge'}>
              {word}
            </span>
          ))}
        </span>
        <span class="hint">
          {[`@${username}`, email, say('users.since', { at: longDayOf(user.created_at) })]
            .flatMap((each) => (each ? [isolated(each)] : []))
            .join(' · ')}
        </span>
        {banned && (user.banned_until || user.ban_reason) && <span class="hint">{banText(user)}</span>}
      </div>
      <Menu label={say('users.acts', { name: display_name })} choices={choices} />
    </li>
  )
}

const banText = ({ banned_until, ban_reason }: User): string =>
  [
    banned_until && say('users.bannedUntil', { at: whenOf(banned_until) }),
    ban_reason && say('users.banReason', { reason: ban_reason }),
  ]
    .filter(Boolean)
    .join(' · ')

function useChoices(
  { username, display_name, avatar, roles, banned, bot }: User,
  { onChange, onBan, onLink }: Omit<LineProps, 'user'>,
) {
  const store = useStore()
  const { admin } = store
  const isAdmin = roles.includes('admin')
  const ask = async (title: string, text: string, act: () => void) => {
    if (await store.ask({ title, text, action: title })) act()
  }
  const name = display_name
  return (): readonly Choice[] => [
    { name: say('users.change'), icon: 'edit', run: onChange },
    // You are signed in; a bot has no password; who is banned may not sign in.
    ...(bot || banned || username === store.state.value.me?.username
      ? []
      : [{ name: say('users.signInLink'), icon: 'link', run: onLink } as const]),
    isAdmin
      ? {
          name: say('users.revoke'),
          icon: 'shield',
          run: () =>
            ask(say('users.revoke'), say('users.revokeText', { name }), () =>
              admin.setAdmin(username, false),
            ),
        }
      : {
          name: say('users.grant'),
          icon: 'shield',
          run: () =>
            ask(say('users.grant'), say('users.grantText', { name }), () => admin.setAdmin(username, true)),
        },
    ...(avatar
      ? [{ name: say('picture.remove'), icon: 'bin', run: () => admin.removePicture(username) } as const]
      : []),
    ...(banned
      ? [{ name: say('users.lift'), icon: 'person', run: () => admin.unban(username) } as const]
      : []),
    // You cannot ban yourself.
    ...(banned || username === store.state.value.me?.username
      ? []
      : [
          {
            name: say('users.ban'),
            icon: 'close',
            danger: true,
            run: onBan,
          } as const,
        ]),
  ]
}

function Change({ user, onClose }: { user: User; onClose: () => void }) {
  const { admin } = useStore()
  const save = async (fields: FormData) => {
    const [display_name, email] = ['display_name', 'email'].map((name) =>
      String(fields.get(name) ?? '').trim(),
    ) as [string, string]
    await admin.changeUser(user.username, {
      display_name,
      ...(email === (user.email ?? '') ? {} : { email }),
    })
    onClose()
  }
  return (
    <Sheet title={`@${user.username}`} onClose={onClose}>
      <Form keepAs={`user ${user.username}`} action={say('act.save')} onSubmit={save}>
        {(wrong) => (
          <>
            <Field
              name="display_name"
              label={say('profile.name')}
              value={user.display_name}
              wrong={wrong.display_name}
              maxlength={64}
              autofocus
              required
            />
            <Field
              name="email"
              type="email"
              label={say('profile.email')}
              value={user.email ?? ''}
              wrong={wrong.email}
              autocomplete="off"
            />
          </>
        )}
      </Form>
    </Sheet>
  )
}
