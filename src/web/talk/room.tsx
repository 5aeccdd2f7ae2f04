import { useEffect, useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { roomOf } from '../../sdk/state.ts'
import { RoomFiles } from '../files/room-files.tsx'
import { useStore } from '../ground/context.ts'
import { wide } from '../ground/media.ts'
import type { Powers } from '../ground/powers.ts'
import { usePowers } from '../ground/use-powers.ts'
import { useUntil } from '../ground/use-until.ts'
import { EmptyPane } from '../kit/empty-pane.tsx'
import { clockOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { namesIn } from '../people/people.ts'
import { Members } from '../rooms/members.tsx'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer.tsx'
import { type PanelName, PanelTabs } from './panel-tabs.tsx'
import { RoomHeader } from './room-header.tsx'
import { ThreadPanel } from './thread-panel.tsx'
import { Timeline } from './timeline.tsx'
import { Typing } from './typing.tsx'
import { useIncoming } from './use-incoming.ts'

/** The room in the address bar: one you are in, one you can join, or none you may see. */
export function RoomView({ id }: { id: string }) {
  const store = useStore()
  const room = roomOf(store.state.value, id)
  const listed = store.rooms.listed.value.find((other) => other.id === id)
  const member = room?.role !== undefined

  useEffect(() => {
    if (member) store.rooms.enter(id)
  }, [store, id, member])

  if (room && member) return <Talk room={room} />
  if (listed?.archived) return <EmptyPane title={listed.title}>{say('room.archived')}</EmptyPane>
  if (listed)
    return (
      <EmptyPane title={listed.title} action={{ name: say('room.join'), run: () => store.rooms.join(id) }}>
        {listed.description || say('room.joinText')}
      </EmptyPane>
    )
  if (!store.rooms.isListed.value)
    return <EmptyPane title={say('app.moment')}>{say('room.looking')}</EmptyPane>
  return <EmptyPane title={say('room.none')}>{say('room.noneText')}</EmptyPane>
}

function Talk({ room }: { room: RoomState }) {
  const store = useStore()
  const [panel, setPanel] = useState<PanelName | undefined>(wide() ? 'people' : undefined)
  const { me } = store.state.value
  const names = namesIn(room)
  const silenced = useUntil(room.silenced_until)
  const powers = usePowers(room)
  const refusal = refusalIn(room, powers, silenced)
  const route = store.route.value
  const thread = route.view === 'room' && route.room === room.id ? route.thread : undefined
  const { dropping, handlers } = useIncoming(
    room.id,
    thread,
    refusal === undefined && store.files.mayUpload.value,
  )

  return (
    <main
      class={thread !== undefined ? 'room with-thread' : panel ? 'room with-people' : 'room'}
      aria-label={room.title}
      {...handlers}
    >
      <RoomHeader
        room={room}
        online={room.online_count}
        showing={panel !== undefined && thread === undefined}
        onShow={() => {
          setPanel(thread !== undefined || !panel ? (panel ?? 'people') : undefined)
          if (thread !== undefined) store.talk.closeThread(room.id)
        }}
        onFiles={() => {
          setPanel('files')
          if (thread !== undefined) store.talk.closeThread(room.id)
        }}
      />
      <Timeline room={room} names={names} />
      {thread === undefined ? (
        panel && <SidePanel room={room} shown={panel} onShow={setPanel} />
      ) : (
        <ThreadPanel key={thread} room={room} seq={thread} refusal={refusal} />
      )}
      <Typing names={room.typing.map((username) => names.get(username) ?? username)} />
      {refusal === undefined ? (
        <Composer room={room} />
      ) : (
        <p class="joining" role="status">
          {refusal}
        </p>
      )}
      {dropping && <p class="drop-here">{say('attach.drop', { title: room.title })}</p>}
      <Announcer messages={room.messages} head={room.open ? room.head : undefined} me={me?.username} />
    </main>
  )
}

type SidePanelProps = { room: RoomState; shown: PanelName; onShow: (name: PanelName) => void }

function SidePanel({ room, shown, onShow }: SidePanelProps) {
  const tabs = <PanelTabs shown={shown} onShow={onShow} />
  return shown === 'files' ? <RoomFiles room={room} tabs={tabs} /> : <Members room={room} tabs={tabs} />
}

/** Why you cannot write here. */
function refusalIn(room: RoomState, powers: Powers, silenced: string | undefined): string | undefined {
  if (room.archived) return say('room.archived')
  if (silenced) return say('room.silenced', { at: clockOf(silenced) })
  if (!powers.post) return say('room.moderatorsOnly')
  return undefined
}
