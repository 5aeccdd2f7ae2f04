import { useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { listAddress } from '../ground/route.ts'
import { Icon } from '../kit/icon.tsx'
import { language } from '../language/language.ts'
import { say } from '../language/say.ts'
import { otherIn } from '../people/people.ts'
import { StatusLine } from '../people/status-sign.tsx'
import { RoomFace } from '../rooms/room-face.tsx'
import { RoomMenu } from '../rooms/room-menu.tsx'
import { PinsSheet } from './pins-sheet.tsx'

type Props = {
  room: RoomState
  online: number
  showing: boolean
  onShow: () => void
  /** Shows the list of files. */
  onFiles: () => void
}

export function RoomHeader({ room, online, showing, onShow, onFiles }: Props) {
  const store = useStore()
  const [pins, setPins] = useState(false)
  const me = store.state.value.me?.username
  return (
    <header>
      <a href={listAddress} class="icon back" aria-label={say('act.back')}>
        <Icon of="back" />
      </a>
      <RoomFace room={room} me={me} />
      <div class="about">
        <h2 dir="auto">
          {(room.access === 'closed' || room.access === 'admins') && (
            // No text, which would decide the direction of the title.
            <span role="img" aria-label={say(`access.${room.access}`)} title={say(`access.${room.access}`)}>
              <Icon of={room.access === 'closed' ? 'lock' : 'shield'} />
            </span>
          )}
          <button
            type="button"
            title={say('details.open')}
            aria-haspopup="dialog"
            onClick={() => (store.rooms.sheet.value = { room: room.id, about: 'details' })}
          >
            {room.title}
          </button>
        </h2>
        <StatusLine status={room.custom_status} />
        {room.description && (
          <p dir="auto" title={room.description}>
            {room.description}
          </p>
        )}
      </div>
      <button
        type="button"
        class="icon"
        aria-label={say('search.title')}
        title={say('search.title')}
        aria-haspopup="dialog"
        onClick={() => (store.overlay.value = 'search')}
      >
        <Icon of="search" />
      </button>
      <button
        type="button"
        class="icon"
        aria-label={say('pins.title')}
        title={say('pins.title')}
        aria-haspopup="dialog"
        onClick={() => setPins(true)}
      >
        <Icon of="pin" />
      </button>
      <button
        type="button"
        class="here-button"
        aria-expanded={showing}
        aria-controls="people"
        onClick={onShow}
      >
        {otherIn(room, me) === undefined ? <OnlineCount n={online} /> : <OnlineOrNot isOnline={online > 1} />}
      </button>
      <RoomMenu room={room} onFiles={onFiles} />
      {pins && <PinsSheet room={room.id} onClose={() => setPins(false)} />}
    </header>
  )
}

const OnlineCount = ({ n }: { n: number }) => (
  <>
    <span class="dot" />
    <span class="words">{say('room.online', { n })}</span>
    <span class="number" aria-hidden="true">
      {n.toLocaleString(language.value)}
    </span>
  </>
)

/** In a conversation of two, you know about yourself: this is about the other. */
const OnlineOrNot = ({ isOnline }: { isOnline: boolean }) => (
  <>
    <span class={isOnline ? 'dot' : 'dot away'} />
    {say(isOnline ? 'people.online' : 'people.offline')}
  </>
)
