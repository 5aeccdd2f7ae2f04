import { say } from '../language/say.ts'

/** How many characters of a long message are left; said aloud once at the border, and not with every key. */
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
