import type { Cluster } from '../adapters/cluster.ts';
import { diagnose, type Diagnosis } from '../core/diagnosis/index.ts';
import { logLines, printableLog } from '../core/diagnosis/log.ts';
import { parseObjects } from '../core/diff/objects.ts';
import { secretValues } from '../core/diff/redact.ts';
import { UserError } from '../core/errors.ts';
import type { OutcomeFacts } from '../core/outcome/index.ts';

/** Why a landing did not work out, with the last lines of the log of the container that is to blame, where one is. */
export interface Explanation extends Diagnosis {
  lines: string[];
}

/** Explains what was seen last; undefined where nothing says why. What a log has of credentials is taken out. */
export async function explain(apps: Cluster, facts: OutcomeFacts, manifests: string): Promise<Explanation | undefined> {
  const found = diagnose(facts);
  if (found === undefined) return undefined;
  const { namespace, pod, container, log } = found;
  if (namespace === undefined || pod === undefined || container === undefined || log === undefined) {
    return { ...found, lines: [] };
  }
  const text = (log === 'previous' ? await read(true) : undefined) ?? (await read(false)) ?? '';
  return { ...found, lines: printableLog(text, secretValues(parseObjects(manifests, `pod ${pod}`))) };

  /** A log that is gone, or that may not be read, explains nothing. */
  async function read(previous: boolean): Promise<string | undefined> {
    const where = { namespace: namespace ?? '', pod: pod ?? '', container: container ?? '', previous };
    try {
      return await apps.log(where, logLines * 2);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return undefined;
    }
  }
}
