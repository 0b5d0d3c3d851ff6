import { Failure } from '../../../models/contract/failure.ts';
import type { Manifest } from '../../contract/evaluation/manifest.ts';

/**
 * Throws Failure `run-marked` for a run that marks the outputs of another one: nothing of it can be `done` (“repeated”)
 * that takes a model. `instead`: what to do with that other run.
 */
export function assertGenerated({ marked }: Pick<Manifest, 'marked'>, done: string, instead: string): void {
	if (marked === undefined) return;
	throw new Failure({
		code: 'run-marked',
		message: `This run marks the outputs of run ${marked.runId} (${marked.name}); it generated nothing that could be ${done}.`,
		next: [`${instead}: run ${marked.runId}`],
	});
}
