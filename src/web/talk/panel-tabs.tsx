import { say } from '../language/say.ts'

export type PanelName = 'people' | 'files'

/** On top of the side panel: what it shows. */
export function PanelTabs({ shown, onShow }: { shown: PanelName; onShow: (name: PanelName) => void }) {
  return (
    <div class="panel-tabs">
      {(['people', 'files'] as const).map((name) => (
        <button key={name} type="button" aria-pressed={shown === name} onClick={() => onShow(name)}>
          {say(`panel.${name}`)}
        </button>
      ))}
    </div>
  )
}
