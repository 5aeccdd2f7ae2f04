import { Picture } from './picture.tsx'

/** The picture of the community, or Parley's logo: two voices, facing each other. Decorative: the name is always next to it. */
export function Mark({ picture }: { picture?: string | undefined }) {
  if (picture)
    return (
      <span class="mark room-face" aria-hidden="true">
        <Picture address={picture} />
      </span>
    )
  return (
    <svg class="mark" viewBox="3 3 26 26" aria-hidden="true">
      <path d="M3 5h12v10A12 12 0 0 1 3 27z" class="one" />
      <path d="M29 27H17V17A12 12 0 0 1 29 5z" class="other" />
    </svg>
  )
}
