import type { Layout } from '../app/layout.ts';
import { type NewRunStart, partOf } from './place.ts';

/** Opens the form of a new run with what one came from already chosen: a prompt version, a dataset, a model. */
export function openNewRun({ layout }: { readonly layout: Layout }, given: NewRunStart = {}): void {
	layout.go({ section: 'evaluate', part: partOf({ kind: 'new', given }) });
}
