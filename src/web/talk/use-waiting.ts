import { useMemo } from 'preact/hooks'
import type { Pending, RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import type { Parcel } from './parcels.ts'

/** Your messages of a room that are not in its log yet: those that are being sent, then those whose files are not uploaded. */
export function useWaiting({ id, pending }: RoomState): readonly (Pending | Parcel)[] {
  const parcels = useStore().talk.parcels.value
  return useMemo(() => {
    const here = parcels.filter(({ room }) => room === id)
    return here.length === 0 ? pending : [...pending, ...here]
  }, [parcels, pending, id])
}
