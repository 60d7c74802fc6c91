import { swapLines, swapValues, type Swap } from './edit.ts';
import type { Owner } from './owner.ts';
import { places, type Place } from './places.ts';

/** What changes in a file: what some lines say, or begin with. */
export interface Change extends Swap {
  file: string;
  /** Counted from 1. */
  lines: number[];
}

/** What names neither the owner before nor the new one, and so is left as it is. */
export interface Strange {
  file: string;
  line: number;
  text: string;
}

export interface InitPlan {
  /** New texts by path, in the order in which they have to be written: those that tell whose it was come last. */
  files: Map<string, string>;
  changes: Change[];
  strange: Strange[];
}

/** Makes every place that names the owner of this repository name another. Throws UserError for a file that cannot be read. */
export function planInit(files: ReadonlyMap<string, string>, was: Owner, is: Owner): InitPlan {
  const planned: InitPlan = { files: new Map(), changes: [], strange: [] };
  for (const place of places) {
    const swap = { from: place.says(was), to: place.says(is) };
    for (const file of [...files.keys()].filter((each) => place.files.test(each)).toSorted()) {
      const text = planned.files.get(file) ?? files.get(file) ?? '';
      const edited = editPlace(place, file, text, swap);
      if (edited.lines.length > 0) {
        planned.changes.push({ file, lines: edited.lines, ...swap });
        planned.files.set(file, edited.text);
      }
      for (const line of edited.strange)
        planned.strange.push({ file, line, text: text.split('\n')[line - 1]?.trim() ?? '' });
    }
  }
  return planned;
}

function editPlace({ path }: Place, file: string, text: string, swap: Swap): ReturnType<typeof swapLines> {
  if (path !== undefined) return swapValues(text, file, path, swap);
  // Of a file of many lines only those count that are about it.
  return { ...swapLines(text, swap), strange: [] };
}
