import { effect } from '@preact/signals'
import { render } from 'preact'
import { applyTheme } from '../ground/preferences.ts'
import { language, setDocumentLanguage } from '../language/language.ts'
import { loadLaterTexts } from '../language/later-texts.ts'
import { loadTranslations } from '../language/say.ts'
import { followToday } from '../language/today.ts'
import { App } from './app.tsx'
import { loadLaterViews } from './later.tsx'
import { openStore } from './open-store.ts'
import { registerServiceWorker } from './service-worker.ts'

const root = document.getElementById('parley')
if (!root) throw new Error('index.html has lost its #parley')
applyTheme(document)
setDocumentLanguage(document)
followToday(window)
registerServiceWorker(window)
effect(() => void loadTranslations(language.value).catch(() => {}))
void loadLaterTexts()
// Rendering waits for the translations, so that the page does not flicker from English to another language.
await loadTranslations(language.peek()).catch(() => {})
render(<App store={openStore(window)} />, root)
void loadLaterViews()
