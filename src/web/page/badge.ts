import marked from './mark-new.svg' with { type: 'file' }

/** Shows unread messages outside the page: a dot on the icon of its tab, a number on its installed icon. */
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
