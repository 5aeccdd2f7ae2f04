import worker from './offline.js' with { type: 'file' }

/** Keeps the page for times without a network. Not in development, where every load is another page. */
export function keepShell({ navigator, isSecureContext }: Window): void {
  if (process.env.NODE_ENV !== 'production' || !isSecureContext || !('serviceWorker' in navigator)) return
  // It comes second to everything one waits for; without it the page works all the same.
  addEventListener('load', () => {
    navigator.serviceWorker.register(worker, { scope: '/' }).catch(() => {})
  })
}
