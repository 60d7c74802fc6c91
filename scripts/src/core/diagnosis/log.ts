import { stripVTControlCharacters } from 'node:util';
import { holdsSecret } from '../diff/redact.ts';
import { shortened } from '../text.ts';

/** How much of a log is shown: so many lines from its end, and of these so many characters. */
export const logLines = 10;
const logLength = 2048;

/** The end of a container's log for people: without control characters, and without lines that hold a credential. */
export function printableLog(text: string, secrets: readonly string[]): string[] {
  const lines = withoutKeys(text.split(/\r?\n/))
    .map((line) =>
      stripVTControlCharacters(line)
        .replaceAll(/\p{Cc}/gu, ' ')
        .trimEnd(),
    )
    .filter((line) => line !== '')
    .slice(-logLines)
    .map((line) => (holdsSecret(line, secrets) ? '(redacted)' : line));
  const shown: string[] = [];
  let left = logLength;
  for (const line of lines.toReversed()) {
    if (left <= 0) break;
    shown.unshift(shortened(line, left));
    left -= line.length;
  }
  return shown;
}

/** The lines between the first and the last of a private key say nothing of what they are. */
function withoutKeys(lines: readonly string[]): string[] {
  let inside = false;
  return lines.map((line) => {
    if (line.includes('BEGIN') && line.includes('PRIVATE KEY')) inside = true;
    const hidden = inside || /^\s*[A-Za-z0-9+/=]{60,}\s*$/.test(line);
    if (line.includes('END') && line.includes('PRIVATE KEY')) inside = false;
    return hidden ? '(redacted)' : line;
  });
}
