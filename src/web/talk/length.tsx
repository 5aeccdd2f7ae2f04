import { say } from '../language/say.ts'

/** How many characters are left of a long message. A screen reader reads it once near the limit, not with every key. */
const near = 300

export function Length({ id, left }: { id: string; left: number }) {
  return (
    <>
      {left <= near && (
        <span
          class={left < 0 ? 'length over' : 'length'}
          title={left < 0 ? say('compose.over', { n: -left }) : say('compose.left', { n: left })}
        >
          <bdi dir="ltr">{left < 0 ? `−${-left}` : left}</bdi>
        </span>
      )}
      <span id={id} role="status" class="unseen">
        {left < 0 ? say('compose.tooLong') : left <= near ? say('compose.near') : ''}
      </span>
    </>
  )
}
