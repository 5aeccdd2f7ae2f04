/** Whether this browser can get push messages here. In development there is no service worker. */
export const canPush = (): boolean =>
  process.env.NODE_ENV === 'production' &&
  isSecureContext &&
  'serviceWorker' in navigator &&
  'PushManager' in window &&
  'Notification' in window
