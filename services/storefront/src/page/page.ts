import { script } from './script.ts';
import { style } from './style.ts';

/** The line under the heading: change it to see a new version arrive. */
const tagline = 'Every square is one request, in the colour of the version that answered it.';

const squares = 400;

/** The whole page as HTML: nothing in it comes from a request, and nothing is loaded besides it. */
export function renderPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice storefront</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'%3E%3Cpath fill='%232f6fde' d='M0 0h1v2H0z'/%3E%3Cpath fill='%23f2a516' d='M1 0h1v2H1z'/%3E%3C/svg%3E">
<style>${style}</style>
</head>
<body>
<main>
<header>
<div>
<h1>Sluice storefront</h1>
<p>${tagline}</p>
</div>
<button id="pause" type="button" aria-pressed="false">Pause</button>
</header>
<section aria-label="Requests">
<div id="shares" aria-hidden="true"></div>
<div id="squares" role="img" aria-label="One square for each of the last ${squares} requests; the table below counts them">${'<span></span>'.repeat(squares)}</div>
</section>
<section aria-label="Versions">
<table>
<caption>Who answered the last ${squares} requests</caption>
<thead><tr><th scope="col">Version</th><th scope="col">Requests</th><th scope="col">Share</th><th scope="col">Failed</th><th scope="col">Failure rate</th></tr></thead>
<tbody id="legend"></tbody>
</table>
</section>
<p><span id="total">0</span> requests since this page was opened. Catalog: <span id="catalog">not asked yet</span>.</p>
<div id="spoken" class="spoken" role="status"></div>
</main>
<script>${script}</script>
</body>
</html>
`;
}
