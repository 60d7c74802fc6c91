import { versionHeader } from '@sluice/chassis';
import { colourOf, palette } from './colour.ts';

/** The browser's side: asks, draws a square for every answer, and counts what the squares show. */
export const script = `
const palette = ${JSON.stringify(palette)};
const colourOf = ${String(colourOf)};
const versionHeader = ${JSON.stringify(versionHeader)};
const perSecond = 5, mostOpen = 20, patienceMs = 5000;

const find = (id) => document.getElementById(id);
const squares = [...find('squares').children];
const answers = new Array(squares.length);
const colours = new Map();
let next = 0, total = 0, open = 0, paused = false;

function colourFor(version) {
  if (version === null) return 'transparent';
  if (!colours.has(version)) colours.set(version, colourOf(version, [...colours.values()], palette.length));
  return palette[colours.get(version)];
}

async function ask() {
  const started = performance.now();
  open++;
  try {
    const response = await fetch('api/v1/hello', { cache: 'no-store', signal: AbortSignal.timeout(patienceMs) });
    const version = response.headers.get(versionHeader);
    const body = response.ok ? await response.json() : null;
    if (body) find('catalog').textContent = typeof body.catalog === 'number' ? body.catalog + ' products' : body.catalog;
    draw({ version: body ? body.version : version, failed: !response.ok, what: response.status, pod: body && body.pod, started });
  } catch (error) {
    draw({ version: null, failed: true, what: error.name === 'TimeoutError' ? 'no answer in time' : 'no connection', started });
  } finally {
    open--;
  }
}

function draw(answer) {
  const square = squares[next];
  const ms = Math.round(performance.now() - answer.started);
  square.style.setProperty('--colour', colourFor(answer.version));
  square.className = answer.failed ? 'failed' : 'answered';
  square.title = [answer.version || 'no version', answer.what, answer.pod, ms + ' ms'].filter(Boolean).join(' · ');
  answers[next] = answer;
  next = (next + 1) % squares.length;
  squares.forEach((each, index) => each.classList.toggle('next', total >= squares.length && index === next));
  find('total').textContent = String(++total);
  count();
}

function count() {
  const shown = answers.filter(Boolean);
  const versions = new Map();
  for (const { version, failed } of shown) {
    const tally = versions.get(version) || { version, requests: 0, failed: 0 };
    tally.requests++;
    if (failed) tally.failed++;
    versions.set(version, tally);
  }
  for (const version of colours.keys()) if (!versions.has(version)) colours.delete(version);
  const tallies = [...versions.values()].sort((a, b) => b.requests - a.requests);
  const share = (part, whole) => (100 * part / whole).toFixed(1) + ' %';
  find('shares').replaceChildren(...tallies.map((tally) => {
    const part = document.createElement('span');
    part.style.setProperty('--colour', colourFor(tally.version));
    part.style.flexGrow = String(tally.requests);
    return part;
  }));
  find('legend').replaceChildren(...tallies.map((tally) => {
    const row = document.createElement('tr');
    const name = document.createElement('th');
    name.scope = 'row';
    const swatch = document.createElement('span');
    swatch.className = tally.version === null ? 'failed' : 'answered';
    swatch.style.setProperty('--colour', colourFor(tally.version));
    name.append(swatch, tally.version === null ? 'no answer' : tally.version);
    row.append(name);
    for (const value of [tally.requests, share(tally.requests, shown.length), tally.failed, share(tally.failed, tally.requests)]) {
      row.insertCell().textContent = String(value);
    }
    return row;
  }));
  summary = tallies.map((tally) =>
    (tally.version || 'no answer') + ' ' + share(tally.requests, shown.length) + ', ' + tally.failed + ' failed').join('; ');
}

let summary = '';
find('pause').addEventListener('click', () => {
  paused = !paused;
  find('pause').setAttribute('aria-pressed', String(paused));
  find('pause').textContent = paused ? 'Continue' : 'Pause';
});
setInterval(() => { if (!paused && !document.hidden && open < mostOpen) ask(); }, 1000 / perSecond);
setInterval(() => { if (!paused) find('spoken').textContent = summary; }, 15000);
`;
