import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { reconcileWorkflow, requestInputs, requestWorkflow, type Request } from '../core/request.ts';
import type { Repository } from './repository.ts';

type Where = Pick<Repository, 'github' | 'writes'>;

/**
 * Throws UserError where only the pipeline writes and cannot be asked: without a token, with what does the same by hand;
 * or for what is in a file here.
 */
export function requireAskable({ github, writes }: Where, request: Request): void {
  if (github === undefined || writes) return;
  if ((request.options as { plan?: string }).plan !== undefined) {
    throw new UserError(`the pipeline of ${github.page} does not have the file of --plan`, {
      hint: 'leave --plan away: it plans and asks the gates itself',
      exit: 'usage',
    });
  }
  if (github.hasToken) return;
  const inputs = Object.entries(requestInputs(request)).map(([name, value]) => `-f ${quote(`${name}=${value}`)}`);
  throw new UserError(`only the pipeline changes ${github.page}, and there is no token to ask it with`, {
    hint: [
      'set GH_TOKEN to a token with actions: write on that repository; `gh auth token` prints your own',
      `or: gh workflow run ${requestWorkflow} --ref main ${inputs.join(' ')}`,
    ].join('\n'),
    exit: 'usage',
  });
}

/** Has the pipeline carry out what was asked, and says where to watch it. Gives the exit code. */
export async function handOver(
  context: Context,
  { github }: Where,
  request: Request,
  json: { asked: boolean | undefined; plan?: unknown },
): Promise<number> {
  if (github === undefined) throw new Error('only GitHub has a pipeline to hand over to');
  const inputs = requestInputs(request);
  const run = await github.dispatch(requestWorkflow, { ...inputs });
  context.stderr.write(`the pipeline carries it out: ${run}\n`);
  if (json.asked === true) writeStarted(context, { plan: json.plan ?? null, request: inputs, run });
  return exitCodes.done;
}

/** Has the pipeline reconcile now instead of at its next turn. Gives the exit code. */
export async function askToReconcile(context: Context, { github }: Where, json: boolean | undefined): Promise<number> {
  if (github === undefined) throw new Error('only GitHub has a pipeline to hand over to');
  const run = await github.dispatch(reconcileWorkflow, {});
  context.stderr.write(`the pipeline reconciles: ${run}\n`);
  if (json === true) writeStarted(context, { plan: null, request: {}, run });
  return exitCodes.done;
}

/** The plan, where one was made here, the inputs of the workflow, and where to watch it. */
function writeStarted({ stdout }: Context, started: { plan: unknown; request: object; run: string }): void {
  stdout.write(`${JSON.stringify(started, null, 2)}\n`);
}

/** For a shell of whoever reads it. */
function quote(text: string): string {
  return /^[\w=./:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
