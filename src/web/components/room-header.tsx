import type { RoomState } from '../../sdk/state.ts'
import { listAddress } from '../route.ts'
import { Icon } from './icon.tsx'

type Props = { room: RoomState; here: number; showing: boolean; onShow: () => void }

export function RoomHeader({ room, here, showing, onShow }: Props) {
  return (
    <header>
      <a href={listAddress} class="icon back" aria-label="Back to the rooms">
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
        class="here-button"
        aria-expanded={showing}
        aria-controls="people"
        onClick={onShow}
      >
        <span class="dot" />
        {here} here
      </button>
    </header>
  )
}
