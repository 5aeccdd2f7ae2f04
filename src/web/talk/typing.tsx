import { say, sayNames } from '../language/say.ts'

/** Who is typing. Keeps its height when nobody is, so that nothing jumps. */
export function Typing({ names }: { names: readonly string[] }) {
  const word = names.length === 1 ? 'typing.one' : 'typing.many'
  return <p class="typing">{names.length > 0 && say(word, { names: sayNames(names) })}</p>
}
