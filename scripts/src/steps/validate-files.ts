import { UserError } from '../core/errors.ts';
import { describePolicy } from '../core/validate/judge.ts';
import { kustomizationProblems } from '../core/validate/kustomizations.ts';
import { areaOf, type Problem } from '../core/validate/problem.ts';
import type { Files } from '../core/validate/sources.ts';
import { readYaml } from '../core/yaml.ts';
import { fileOf, type Rendering } from './validate-builds.ts';
import type { ToValidate } from './validate.ts';

/** Why something cannot be rendered: what is not valid YAML in its files, or else what the renderer said. */
export function failures(files: Files, rendering: Rendering, failure: UserError): Problem[] {
  const { app, root, environment } = rendering;
  const environments = environment === undefined ? [] : [environment.name];
  const folders = app === undefined ? [`${root}/`] : [`apps/${app}/base/`, `${root}/`, 'apps/components/'];
  const broken = [...files].filter(([path]) => path.endsWith('.yaml') && folders.some((each) => path.startsWith(each)));
  const syntax = broken.flatMap(([file, text]) => {
    const { problems, lines } = readYaml(text);
    const [first] = problems.filter(({ message }) => !message.startsWith('another document'));
    return first === undefined ? [] : [{ file, line: lines.linePos(first.offset).line || 1, message: first.message }];
  });
  const said = { file: fileOf(rendering), line: 1, message: failure.message, ...innermost(failure.message) };
  return (syntax.length > 0 ? syntax : [said]).map((each) => ({
    ...each,
    area: areaOf(root),
    policy: 'render',
    ...describePolicy('render'),
    object: '',
    environments,
    fix: failure.hint ?? 'mend the file',
  }));
}

/** What is wrong with kustomizations by themselves. */
export function fileProblems({ files, apps, platform }: ToValidate): Problem[] {
  return [...files].flatMap(([file, text]) => {
    const [area, app = ''] = file.split('/');
    if (
      !file.endsWith('/kustomization.yaml') ||
      (area === 'apps' ? app !== 'components' && !apps.includes(app) : !platform)
    )
      return [];
    try {
      return kustomizationProblems(file, text, files).map((each) => ({
        ...each,
        area: areaOf(file),
        ...describePolicy(each.policy),
        object: '',
        environments: [],
      }));
    } catch (error) {
      // What cannot be read is said where it is rendered.
      if (error instanceof UserError) return [];
      throw error;
    }
  });
}

/** Kustomize wraps what went wrong in the folders on the way to it; only the last one says anything. */
function innermost(message: string): { file: string; message: string } | undefined {
  const [, folder, rest = ''] = /.*recursed accumulation of path '([^']+)': (.*)/s.exec(message) ?? [];
  return folder === undefined
    ? undefined
    : { file: `${folder}/kustomization.yaml`, message: `kustomize could not build it: ${rest}` };
}
