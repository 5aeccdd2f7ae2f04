import marked from './mark-new.svg' with { type: 'file' }

/** Says how much is unread where the page itself is not in view: a dot on its tab, a number on its installed icon. */
export function createBadge({ document, navigator }: Window): (unread: number) => void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"][type="image/svg+xml"]')
  const plain = icon?.href
  let shown = 0
  return (unread) => {
    if (unread === shown) return
    if (icon && plain !== undefined) icon.href = unread > 0 ? marked : plain
    if ('setAppBadge' in navigator)
      (unread > 0 ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => {})
    shown = unread
  }
}
