import worker from './worker.js' with { type: 'file' }

/**
 * Caches the page, so that it opens without a network, and shows what push messages say. Not in development, where the page
 * changes all the time.
 */
export function registerServiceWorker({ location, navigator, isSecureContext }: Window): void {
  if (process.env.NODE_ENV !== 'production' || !isSecureContext || !('serviceWorker' in navigator)) return
  // After everything else is loaded; the page also works without it.
  addEventListener('load', () => {
    navigator.serviceWorker.register(worker, { scope: '/' }).catch(() => {})
  })
  // A click on a notification, while a page is open.
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<{ open?: string }>) => {
    if (data.open?.startsWith('#room=')) location.hash = data.open
  })
}
