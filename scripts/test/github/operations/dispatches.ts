import { parse } from 'yaml';
import { web } from '../objects.ts';
import type { Handler } from '../operation.ts';
import { refuse } from '../refusal.ts';
import { emit, nextId } from '../state.ts';

interface Input {
  required?: boolean;
  default?: unknown;
  type?: string;
  options?: string[];
}

/** Asks the workflow's own file, at the ref, which inputs it takes. */
export const dispatchWorkflow: Handler = async ({ state, token, params, body }) => {
  const {
    ref,
    inputs = {},
    return_run_details = false,
  } = body as {
    ref: string;
    inputs?: Record<string, unknown>;
    return_run_details?: boolean;
  };
  if (state.olderServer && 'return_run_details' in (body as object)) {
    throw refuse(422, 'Invalid request.\n\n"return_run_details" is not a permitted key.');
  }
  const workflow = params['workflow_id'] ?? '';
  const path = `.github/workflows/${workflow}`;
  if ((await state.bare.read('refs/heads/main', path)) === undefined) throw refuse(404, 'Not Found');
  const commit = await state.bare.resolve(`refs/heads/${ref.replace(/^refs\/heads\//, '')}`);
  if (commit === undefined) throw refuse(422, `No ref found for: ${ref}`);
  const file = parse((await state.bare.read(commit, path)) ?? '') as {
    on?: Record<string, { inputs?: object } | null>;
  };
  if (file?.on?.['workflow_dispatch'] === undefined) {
    throw refuse(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  const wrong = wrongInput(inputs, (file.on['workflow_dispatch']?.inputs ?? {}) as Record<string, Input>);
  if (wrong !== undefined) throw refuse(422, wrong);
  state.dispatches.push({ workflow, ref, inputs, by: token.actor.login });
  emit(state, token, { event: 'workflow_dispatch', branch: ref });
  if (!return_run_details) return { status: 204 };
  const id = nextId(state);
  const run = `${web(state)}/actions/runs/${id}`;
  return { status: 200, body: { workflow_run_id: id, run_url: run, html_url: run } };
};

function wrongInput(given: Record<string, unknown>, inputs: Record<string, Input>): string | undefined {
  const unexpected = Object.keys(given).filter((name) => inputs[name] === undefined);
  if (unexpected.length > 0) return `Unexpected inputs provided: ${JSON.stringify(unexpected)}`;
  for (const [name, { required = false, default: preset, type, options = [] }] of Object.entries(inputs)) {
    const value = given[name];
    if (value === undefined && required && preset === undefined) return `Required input '${name}' not provided`;
    if (value !== undefined && type === 'choice' && !options.some((option) => option === value)) {
      return `Provided value ${JSON.stringify(value)} for input '${name}' not in the list of allowed values`;
    }
  }
  return undefined;
}
