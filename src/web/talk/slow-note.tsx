import { say } from '../language/say.ts'

/** In a slow room: how slow, and for how long one has to wait. The seconds are not read out one by one. */
export function SlowNote({ seconds, waitSeconds }: { seconds: number; waitSeconds: number }) {
  return (
    <p class="slow">
      {waitSeconds > 0 ? say('compose.wait', { n: waitSeconds }) : say('compose.slow', { n: seconds })}
    </p>
  )
}
