import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../kit/icon.tsx'
import type { Attachment } from './attachment.ts'
import { addressOfPreview, typeName } from './kinds.ts'

const sidePx = 96
/** What browsers draw. Never SVG: it is a document, which may have scripts. */
const drawn = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']
const mostBytes = 64_000_000

export const isDrawn = ({ type, bytes }: Pick<Attachment, 'type' | 'bytes'>): boolean =>
  drawn.includes(type) && bytes <= mostBytes

/** A small picture of a file that is on this device. It is drawn, so that the page needs no address of its own for it. */
export function Thumb({ attachment }: { attachment: Attachment }) {
  const { local, type, name, uploaded } = attachment
  const canvas = useRef<HTMLCanvasElement>(null)
  const [isThere, setIsThere] = useState(false)
  const wanted = local !== undefined && isDrawn(attachment)
  useEffect(() => {
    if (!wanted) return
    let left = false
    draw(local).then(
      (picture) => {
        const at = canvas.current
        if (left || !at) return picture.close()
        const side = Math.min(picture.width, picture.height)
        const [x, y] = [(picture.width - side) / 2, (picture.height - side) / 2]
        at.getContext('2d')?.drawImage(picture, x, y, side, side, 0, 0, sidePx, sidePx)
        picture.close()
        setIsThere(true)
      },
      () => {},
    )
    return () => {
      left = true
    }
  }, [wanted, local])

  if (local === undefined && uploaded?.file.width !== undefined)
    return <img class="thumb" src={addressOfPreview(uploaded.file.id, sidePx)} alt="" />
  return (
    <span class="thumb" aria-hidden="true">
      {wanted && <canvas ref={canvas} width={sidePx} height={sidePx} hidden={!isThere} />}
      {!isThere && (wanted ? <Icon of="picture" /> : signOf(type, name))}
    </span>
  )
}

/** Decoded small, where the browser can: a photo of a phone has 200 MB in memory. */
const draw = (local: Blob): Promise<ImageBitmap> =>
  createImageBitmap(local, { resizeHeight: 2 * sidePx, resizeQuality: 'medium' })

function signOf(type: string, name: string) {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]
  if (type !== '') return typeName(type)
  return ending ? ending.toUpperCase() : <Icon of="file" />
}
