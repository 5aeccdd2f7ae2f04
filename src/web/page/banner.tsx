import { useEffect, useState } from 'preact/hooks'
import type { Status } from '../../sdk/state.ts'
import { say } from '../language/say.ts'

type Props = { status: Status; onRetry: () => void }

const blinkMs = 1200

/** Shown after a pause: a short interruption of the network is not worth a message. */
export function Banner({ status, onRetry }: Props) {
  const [shown, setShown] = useState(false)
  const disconnected = status === 'connecting' || status === 'offline'
  useEffect(() => {
    if (!disconnected) return setShown(false)
    const soon = setTimeout(() => setShown(true), blinkMs)
    return () => clearTimeout(soon)
  }, [disconnected])

  return (
    <div role="status" class={shown && disconnected ? 'banner' : 'unseen'}>
      {shown && disconnected && (
        <>
          <span>{say(status === 'offline' ? 'line.offline' : 'line.connecting')}</span>
          {status === 'offline' && (
            <button type="button" onClick={onRetry}>
              {say('line.tryNow')}
            </button>
          )}
        </>
      )}
    </div>
  )
}
