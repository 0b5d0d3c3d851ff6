import type { LayoutStore } from '../app/layout.ts';
import { formatEvaluateRoute, type NewRunStart } from './place.ts';

/** Opens the form of a new run with what one came from already chosen: a prompt version, a dataset, a model. */
export function openNewRun({ layout }: { readonly layout: LayoutStore }, given: NewRunStart = {}): void {
	layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'new', given }) });
}
