export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f7f8fa, #14171c);
  --panel: light-dark(#ffffff, #1c2027);
  --ink: light-dark(#1a1f28, #e8ebf0);
  --quiet: light-dark(#596273, #9aa4b5);
  --line: light-dark(#dfe3ea, #2e343e);
  --empty: light-dark(#e9ecf1, #262b34);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.5rem; }
header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; justify-content: space-between; margin-bottom: 1.5rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; letter-spacing: -0.02em; }
p { margin: 0.25rem 0 0; color: var(--quiet); }
button { min-width: 7rem; padding: 0.5rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--panel); color: inherit; font: inherit; cursor: pointer; }
button:hover { border-color: var(--quiet); }
button:focus-visible { outline: 3px solid #2f6fde; outline-offset: 2px; }
section { margin-bottom: 1.5rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--panel); }
#shares { display: flex; height: 0.75rem; margin-bottom: 1.25rem; overflow: hidden; border-radius: 0.375rem; background: var(--empty); }
#shares span { flex-basis: 0; background: var(--colour); }
#squares { display: grid; grid-template-columns: repeat(40, 1fr); gap: 0.25rem; }
@media (max-width: 48rem) { #squares { grid-template-columns: repeat(20, 1fr); } }
#squares span { aspect-ratio: 1; border-radius: 0.1875rem; background: var(--empty); }
#squares span.next { outline: 2px solid var(--quiet); outline-offset: -2px; }
#squares .answered, th .answered { background: var(--colour); }
/* A failure is told by its shape: a frame in the colour of the version and a cross. */
#squares .failed, th .failed {
  border: 2px solid var(--colour);
  background:
    linear-gradient(45deg, transparent 44%, var(--ink) 44% 56%, transparent 56%),
    linear-gradient(-45deg, transparent 44%, var(--ink) 44% 56%, transparent 56%),
    var(--panel);
}
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding-bottom: 0.5rem; text-align: left; color: var(--quiet); }
th, td { padding: 0.375rem 0.5rem; border-top: 1px solid var(--line); text-align: right; font-weight: normal; }
thead th { border: 0; color: var(--quiet); font-size: 0.875rem; }
th:first-child { text-align: left; }
tbody th { font-family: ui-monospace, monospace; }
th span { display: inline-block; width: 1rem; height: 1rem; margin-right: 0.625rem; border-radius: 0.1875rem; vertical-align: -0.125rem; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
