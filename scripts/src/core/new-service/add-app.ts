import { isMap, isNode } from 'yaml';
import type { Strategy } from '../config.ts';
import { configFile } from '../config.ts';
import { UserError } from '../errors.ts';
import { parseYaml, parseYamlText } from '../yaml.ts';

/**
 * The text of the configuration with one more app, after those that it has. Everything else stays as it is written,
 * byte for byte. Throws UserError where `apps` is no map that one more can be added to.
 */
export function addApp(text: string, app: string, strategy: Strategy): string {
  const { document, value } = parseYamlText(text, configFile);
  const before = value as { apps?: Record<string, unknown> };
  const apps = document.get('apps');
  const last = isMap(apps) ? apps.items.at(-1) : undefined;
  const end = isNode(last?.value) ? last.value.range?.[1] : undefined;
  if (isMap(apps) && end !== undefined) {
    const edited =
      apps.flow === true
        ? splice(text, end, `, ${app}: {strategy: ${strategy}}`)
        : addLine(text, end, apps.range?.[0] ?? 0, `${app}: {strategy: ${strategy}}`);
    const wanted = { ...before, apps: { ...before.apps, [app]: { strategy } } };
    if (JSON.stringify(parseYaml(edited, configFile)) === JSON.stringify(wanted)) return edited;
  }
  throw new UserError(`${configFile}: apps is not a map that one more can be added to`, {
    hint: `write it as a map, one app a line, and add ${app}: {strategy: ${strategy}}`,
  });
}

/** After the line that ends what stands before, as deep as the map begins. */
function addLine(text: string, end: number, start: number, line: string): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  // A value in block style ends where the next line begins.
  const at = text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1 || text.length;
  const lead = text[at - 1] === '\n' ? '' : newline;
  return splice(text, at, `${lead}${indent}${line}${newline}`);
}

function splice(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}
