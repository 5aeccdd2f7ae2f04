let audio: AudioContext | undefined

/** Two soft notes, a fifth apart, for half a second. Browsers play nothing before the first click in the page. */
export function playTone(): void {
  try {
    audio ??= new AudioContext()
    void audio.resume().catch(() => {})
    const start = audio.currentTime
    note(audio, 587.33, start)
    note(audio, 880, start + 0.12)
  } catch {
    // No sound card, or too many audio contexts: the notification is still shown.
  }
}

function note(context: AudioContext, hertz: number, at: number): void {
  const tone = new OscillatorNode(context, { type: 'sine', frequency: hertz })
  const loudness = new GainNode(context, { gain: 0 })
  loudness.gain.setValueAtTime(0, at)
  loudness.gain.linearRampToValueAtTime(0.06, at + 0.02)
  loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.4)
  tone.connect(loudness).connect(context.destination)
  tone.start(at)
  tone.stop(at + 0.45)
}
