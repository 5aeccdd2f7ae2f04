import { useState } from 'preact/hooks'

/** A picture over what is shown without one: nothing covers that when the picture cannot be loaded any more. */
export function Picture({ address }: { address: string | undefined }) {
  const [broken, setBroken] = useState<string>()
  if (address === undefined || address === broken) return null
  return (
    <img
      class="picture"
      src={address}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setBroken(address)}
    />
  )
}
