import { useMemo, useState } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import type { Author } from '../../protocol/users.ts'
import { MessageFiles } from '../files/message-files.tsx'
import { hasMouse } from '../ground/media.ts'
import { type Powers, powersOn } from '../ground/powers.ts'
import { type Drawing, Icon } from '../kit/icon.tsx'
import { clockOf, momentOf, timeOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { today } from '../language/today.ts'
import { Face } from '../people/face.tsx'
import { hueOf } from '../people/hue.ts'
import { deletedUser } from '../people/people.ts'
import { PersonLink } from '../people/person-link.tsx'
import { quotedText } from '../people/quoted-text.ts'
import { useBlocked } from '../people/use-blocked.ts'
import { MarkdownView } from '../text/markdown/markdown-view.tsx'
import { type LineActs, LineBar } from './line-acts.tsx'
import { LinkCards } from './link-cards.tsx'
import { Reactions } from './reactions.tsx'
import { ThreadLink } from './thread-link.tsx'
import { isGone } from './timeline-items.ts'
import { useFolded } from './use-folded.ts'
import { useLineMenu } from './use-line-menu.tsx'
import { useLongPress } from './use-long-press.ts'

type Props = {
  message: Message
  first: boolean
  /** The deleted messages that this line stands for too. */
  more?: readonly Message[] | undefined
  /** The message it replies to, once that is known; `null` if it does not exist. */
  repliedTo: Message | null | undefined
  /** Highlighted, because you have jumped to it. */
  found: boolean
  /** Shown below your last message that others have read. */
  readBy: string | undefined
  /** Who has replied in its thread, of those that are loaded. */
  faces?: readonly Author[] | undefined
  powers: Powers
  acts: LineActs
}

export function MessageLine(props: Props) {
  const { message, first, more, repliedTo, found, readBy, faces, powers, acts } = props
  const [hovered, setHovered] = useState(false)
  const [focused, setFocused] = useState(false)
  const [open, setOpen] = useState(false)
  const [hidden, show] = useFolded(message.author.username)
  const longPress = useLongPress((on) =>
    on.closest('.reaction') ? acts.reactors(message) : acts.openSheet(message),
  )
  const { menu, notePress, onContextMenu } = useLineMenu(props)
  const near = hovered || focused || open
  const tab = focused ? 0 : -1
  const saved = acts.isSaved(message)
  const gone = isGone(message)

  // Preact skips an element that is the same object: in a long room only changed lines are drawn.
  return useMemo(() => {
    const may = powersOn(message, powers)
    return (
      <li
        class={['message', first && 'first', found && 'found', gone && 'gone'].filter(Boolean).join(' ')}
        tabIndex={-1}
        data-seq={message.seq}
        onPointerEnter={(event) => event.pointerType === 'mouse' && hasMouse() && setHovered(true)}
        onPointerLeave={() => setHovered(false)}
        onFocusIn={() => setFocused(true)}
        onFocusOut={(event) => setFocused(event.currentTarget.contains(event.relatedTarget as Node | null))}
        {...longPress}
        onPointerDown={(event) => {
          notePress(event)
          longPress.onPointerDown(event)
        }}
        onContextMenu={onContextMenu}
      >
        {!gone && (
          <AuthorName author={hidden ? unseen(message.author) : message.author} shown={first} tab={tab} />
        )}
        <time class="when" dateTime={message.created_at} title={momentOf(message.created_at)}>
          {timeOf(message.created_at)}
        </time>
        <div class="said">
          {!gone && message.reply_to !== undefined && (
            <RepliedTo to={repliedTo} tab={tab} onJump={() => acts.jump(message.reply_to!)} />
          )}
          {(message.pinned || saved) && (
            <p class="marks">
              {message.pinned && <Marked icon="pin" text={say('line.pinned')} />}
              {saved && <Marked icon="bookmark" text={say('line.saved')} />}
            </p>
          )}
          {/* A jump to one of them finds its place. */}
          {more?.map(({ seq }) => (
            <span key={seq} data-seq={seq} />
          ))}
          <MessageText
            message={message}
            more={more?.length}
            me={powers.me}
            reachable={focused}
            hidden={hidden}
            onShow={show}
            onVersions={() => acts.versions(message)}
          />
          {message.files && !message.deleted_at && !hidden && (
            <MessageFiles files={message.files} tab={tab} onOpen={(file) => acts.view(message, file)} />
          )}
          {message.previews && !message.deleted_at && !hidden && (
            <LinkCards
              previews={message.previews}
              tab={tab}
              onRemove={may.remove ? (preview) => acts.removePreview(message, preview) : undefined}
            />
          )}
          <Reactions
            message={message}
            tab={tab}
            near={focused}
            onToggle={may.react ? (emoji, on) => acts.react(message, emoji, on) : undefined}
          />
          {message.thread && acts.thread && (
            <ThreadLink
              thread={message.thread}
              faces={faces}
              tab={tab}
              onOpen={() => acts.thread?.(message)}
            />
          )}
          {readBy && <p class="read">{readBy}</p>}
        </div>
        {near && !message.deleted_at && (
          <LineBar message={message} powers={powers} acts={acts} onOpen={setOpen} />
        )}
        {menu}
      </li>
    )
  }, [
    message,
    first,
    more?.length,
    repliedTo,
    found,
    readBy,
    faces,
    powers,
    acts,
    near,
    focused,
    hidden,
    saved,
    today.value,
    menu,
  ])
}

/** What else the message is, above its words. */
function Marked({ icon, text }: { icon: Drawing; text: string }) {
  return (
    <span class="marked">
      <Icon of={icon} />
      {text}
    </span>
  )
}

/** What you see of a message whose author you have blocked. */
function Folded({ onShow }: { onShow: () => void }) {
  return (
    <span class="tombstone">
      {say('line.blocked')}{' '}
      <button type="button" class="link" onClick={onShow}>
        {say('line.showBlocked')}
      </button>
    </span>
  )
}

type MessageTextProps = {
  message: Message
  /** How many more deleted messages the line stands for. */
  more?: number | undefined
  me: string | undefined
  reachable: boolean
  hidden: boolean
  onShow: () => void
  /** Without it, the time of the last edit is no button. */
  onVersions?: () => void
}

export function MessageText({ message, more, me, reachable, hidden, onShow, onVersions }: MessageTextProps) {
  if (message.deleted_at)
    return (
      <span class="tombstone">{more ? say('line.deletedMany', { n: more + 1 }) : say('line.deleted')}</span>
    )
  if (message.damaged) return <span class="tombstone">{say('line.damaged')}</span>
  if (hidden) return <Folded onShow={onShow} />
  // Only files.
  if (message.content === '' && !message.edited_at) return null
  return (
    <MarkdownView text={message.content} me={me} reachable={reachable}>
      {message.edited_at && (
        <>
          {' '}
          <Edited at={message.edited_at} tab={reachable ? 0 : -1} onOpen={onVersions} />
        </>
      )}
    </MarkdownView>
  )
}

function Edited({ at, tab, onOpen }: { at: string; tab: 0 | -1; onOpen: (() => void) | undefined }) {
  const time = (
    <time class="note" dateTime={at} title={momentOf(at)}>
      {say('line.edited', { at: clockOf(at) })}
    </time>
  )
  if (!onOpen) return time
  return (
    <button
      type="button"
      class="edited"
      tabIndex={tab}
      // With the focus, the bar of the message would come between the finger and this.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onOpen}
    >
      {time}
      <span class="unseen">: {say('versions.title')}</span>
    </button>
  )
}

/** You do not look at people whom you have blocked. */
const unseen = ({ username, display_name }: Author): Author => ({ username, display_name })

type AuthorNameProps = {
  author: Author
  shown: boolean
  /** Without it, the name is no button. */
  tab?: 0 | -1
}

/** The name is shown once for a group; a screen reader reads it with every line. */
export function AuthorName({ author, shown, tab }: AuthorNameProps) {
  const { username, display_name: name } = author
  if (!shown) return <span class="unseen">{name}: </span>
  const looks = `who ${hueOf(username)}`
  if (tab !== undefined && username !== deletedUser)
    return (
      <PersonLink username={username} name={name} class={looks} tab={tab}>
        <Face {...author} />
      </PersonLink>
    )
  return (
    <span class={looks}>
      <Face {...author} />
      <bdi>{name}</bdi>
    </span>
  )
}

type RepliedToProps = { to: Message | null | undefined; tab: 0 | -1; onJump: () => void }

/** The author and text of the message that a reply belongs to, on one line. A click jumps to it. */
export function RepliedTo({ to, tab, onJump }: RepliedToProps) {
  const blocked = useBlocked()
  if (!to) return <span class="reply">{say(to === null ? 'reply.none' : 'reply.unknown')}</span>
  return (
    <button type="button" class="reply" tabIndex={tab} title={say('reply.go')} onClick={onJump}>
      <span class="unseen">{say('reply.to')} </span>
      <bdi class={hueOf(to.author.username)}>{to.author.display_name}</bdi>{' '}
      <bdi>{quotedText(to, blocked)}</bdi>
    </button>
  )
}
