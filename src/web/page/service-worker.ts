import worker from './offline.js' with { type: 'file' }

/** Caches the page, so that it opens without a network. Not in development, where the page changes all the time. */
export function registerServiceWorker({ navigator, isSecureContext }: Window): void {
  if (process.env.NODE_ENV !== 'production' || !isSecureContext || !('serviceWorker' in navigator)) return
  // After everything else is loaded; the page also works without it.
  addEventListener('load', () => {
    navigator.serviceWorker.register(worker, { scope: '/' }).catch(() => {})
  })
}
