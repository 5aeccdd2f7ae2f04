import { effect } from '@preact/signals'
import { render } from 'preact'
import { dress } from '../ground/preferences.ts'
import { language, speakTo } from '../language/language.ts'
import { learn } from '../language/say.ts'
import { App } from './app.tsx'
import { openStore } from './open-store.ts'
import { keepShell } from './service-worker.ts'

const root = document.getElementById('parley')
if (!root) throw new Error('index.html has lost its #parley')
dress(document)
speakTo(document)
keepShell(window)
effect(() => void learn(language.value).catch(() => {}))
// Rendering waits for the translations, so that the page does not flicker from English to another language.
await learn(language.peek()).catch(() => {})
render(<App store={openStore(window)} />, root)
