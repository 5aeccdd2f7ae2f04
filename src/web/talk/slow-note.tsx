import { say } from '../language/say.ts'

/** In a slow room: its pause, and how long you have to wait. A screen reader does not read every second. */
export function SlowNote({ seconds, waitSeconds }: { seconds: number; waitSeconds: number }) {
  return (
    <p class="slow">
      {waitSeconds > 0 ? say('compose.wait', { n: waitSeconds }) : say('compose.slow', { n: seconds })}
    </p>
  )
}
