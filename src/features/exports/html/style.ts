/** In each page, so that a single one that is taken out of the export looks the same. */
export const style = `
:root { color-scheme: light dark; --ink: #1d2530; --soft: #5b6675; --line: #dfe4ea; --paper: #fff; --panel: #f4f6f8; --link: #0b5fb0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --soft: #9ba7b5; --line: #323b47; --paper: #161b22; --panel: #1f2630; --link: #7db7f2; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
a { color: var(--link); }
p { margin: 0.5rem 0; }
.soft, time, .mark { color: var(--soft); font-size: 0.875rem; }
.prose, .text { white-space: pre-wrap; }
.day { border-bottom: 1px solid var(--line); color: var(--soft); font-size: 0.95rem; padding-bottom: 0.25rem; }
.message { margin: 0 -0.5rem; padding: 0.5rem; border-radius: 0.5rem; content-visibility: auto; contain-intrinsic-size: auto 4rem; }
.message:target { background: var(--panel); }
.message .top { display: flex; flex-wrap: wrap; gap: 0 0.5rem; align-items: baseline; }
.message .top a { text-decoration: none; }
.reply { border-inline-start: 3px solid var(--line); color: var(--soft); font-size: 0.875rem; margin: 0.25rem 0; padding-inline-start: 0.5rem; }
.gone { color: var(--soft); font-style: italic; }
.files { list-style: none; margin: 0.25rem 0; padding: 0; }
.reactions { display: flex; flex-wrap: wrap; gap: 0.375rem; list-style: none; margin: 0.375rem 0 0; padding: 0; }
.reactions li { background: var(--panel); border-radius: 1rem; font-size: 0.875rem; padding: 0.125rem 0.625rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.375rem 0.5rem 0.375rem 0; text-align: start; vertical-align: top; }
td.number, th.number { text-align: end; }
nav { display: flex; gap: 1rem; margin: 1rem 0; }
summary { color: var(--soft); cursor: pointer; }
`
