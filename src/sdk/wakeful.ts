type Target = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
type Page = Target & { visibilityState?: string }

/** Tells when a page comes back to life: the network is there again, or somebody looks at it again. */
export function onWake(wake: () => void): () => void {
  const world = globalThis as unknown as Partial<Target> & { document?: Page }
  const page = world.document
  if (!world.addEventListener || !page) return () => {}
  const seen = () => page.visibilityState === 'visible' && wake()
  world.addEventListener('online', wake)
  page.addEventListener('visibilitychange', seen)
  return () => {
    world.removeEventListener?.('online', wake)
    page.removeEventListener('visibilitychange', seen)
  }
}
