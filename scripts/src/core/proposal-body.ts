import { compareRenderings, sortApps } from './diff/compare.ts';
import { commentLimit, diffMarkdown } from './diff/markdown.ts';
import { blocking } from './gates/index.ts';
import { planTitle, type Plan } from './plan.ts';

/** The line by which a body is known to speak of a commit. */
export function proposedAs(commit: string): string {
  return `Proposed as ${commit}.`;
}

/**
 * The text of a proposal, no longer than GitHub takes: what and why, what the gates say, what would change object by
 * object, and how to undo it. `running` has the manifests that run there now.
 */
export function proposalBody(plan: Plan, commit: string, running: ReadonlyMap<string, string>): string {
  const head = [what(plan), gates(plan, commentLimit / 4)].join('\n');
  const tail = rollback(plan, commit, commentLimit / 8);
  const limit = commentLimit - head.length - tail.length - 2;
  const apps = plan.changes.map(({ app, previous, release, manifests }) => ({
    app,
    from: previous?.tag ?? null,
    to: release.tag,
    objects: compareRenderings(running.get(app) ?? '', manifests, `${app} in ${plan.environment}`),
  }));
  const title = `What changes in ${plan.environment}`;
  const full = 'All of it is in the files of this pull request.';
  const differing = sortApps(apps.filter(({ objects }) => objects.length > 0));
  return `${head}\n${diffMarkdown({ title, apps: differing }, { limit, full })}\n${tail}`;
}

function what(plan: Plan): string {
  const rows = plan.changes.map(({ app, previous, release, reason }) => {
    const from = previous === undefined ? 'nothing' : `${previous.tag} (${previous.release})`;
    return `| ${app} | ${from} | ${release.tag} (${release.release}) | ${code(reason)} |\n`;
  });
  const why = plan.why === undefined ? '' : `\n${code(plan.why)}\n`;
  const table = fit(rows, commentLimit / 8, (left) => `| and ${left} more | | | |\n`);
  return `${planTitle(plan)}, asked for by ${code(plan.by)}.\n${why}\n| app | from | to | why |\n|---|---|---|---|\n${table}`;
}

/** What the gates said when this was proposed: those in the way with their evidence, the others by name. */
function gates({ changes }: Plan, limit: number): string {
  const rows = changes.flatMap(({ app, verdicts }) => {
    const stops = blocking(verdicts).map(
      ({ gate, state, evidence, opensAt }) =>
        `| ${app} | ${gate} | ${state} | ${code(evidence)}${opensAt === undefined ? '' : ` opens at ${opensAt}`} |\n`,
    );
    const passed = verdicts.filter(({ state }) => state === 'pass').map(({ gate }) => gate);
    return [...stops, ...(passed.length === 0 ? [] : [`| ${app} | ${passed.join(', ')} | pass | |\n`])];
  });
  const table = fit(rows, limit, (left) => `| and ${left} more | | | |\n`);
  return `### Gates when this was proposed\n\n| app | gate | says | evidence |\n|---|---|---|---|\n${table}`;
}

function rollback({ changes, environment }: Plan, commit: string, limit: number): string {
  const commands = changes.map(({ app }) => `pnpm run rollback ${app} --env ${environment}\n`);
  const shown = fit(commands, limit, (left) => `# and ${left} more\n`);
  return `### To undo it

\`\`\`
${shown}\`\`\`

Nobody merges this. An approving review of exactly this commit counts; the pipeline lands the change on the tip of the
environment's branch when every gate passes, and closes this. \`pnpm run reconcile\` has it look at once.

${proposedAs(commit)}
`;
}

/** The pieces that fit into a length, and what is said of the others. */
function fit(pieces: readonly string[], limit: number, rest: (left: number) => string): string {
  const whole = pieces.join('');
  if (whole.length <= limit) return whole;
  let kept = '';
  for (const [index, piece] of pieces.entries()) {
    const end = rest(pieces.length - index);
    if (kept.length + piece.length + end.length > limit) return kept + end;
    kept += piece;
  }
  return kept;
}

/** As it stands, in a cell of a table: nothing in it is Markdown, and nobody is called by it. */
function code(text: string): string {
  const shown = text.replace(/[`|\s]+/g, ' ').trim();
  return shown === '' ? '' : `\`${shown.slice(0, 500)}\``;
}
