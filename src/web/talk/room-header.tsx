import { useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { listAddress } from '../ground/route.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { RoomMenu } from '../rooms/room-menu.tsx'
import { PinsSheet } from './pins-sheet.tsx'

type Props = { room: RoomState; online: number; showing: boolean; onShow: () => void }

export function RoomHeader({ room, online, showing, onShow }: Props) {
  const [pins, setPins] = useState(false)
  return (
    <header>
      <a href={listAddress} class="icon back" aria-label={say('act.back')}>
        <Icon of="back" />
      </a>
      <div class="about">
        <h2 dir="auto">{room.title}</h2>
        {room.description && (
          <p dir="auto" title={room.description}>
            {room.description}
          </p>
        )}
      </div>
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
        <span class="dot" />
        {say('room.online', { n: online })}
      </button>
      <RoomMenu room={room} />
      {pins && <PinsSheet room={room.id} onClose={() => setPins(false)} />}
    </header>
  )
}
