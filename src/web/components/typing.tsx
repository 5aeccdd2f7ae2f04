import { listed } from './day.tsx'

/** Keeps its height when nobody types, so that nothing jumps. */
export function Typing({ names }: { names: readonly string[] }) {
  return (
    <p class="typing">
      {names.length > 0 && (
        <>
          {listed(names)} {names.length === 1 ? 'is' : 'are'} typing…
        </>
      )}
    </p>
  )
}
