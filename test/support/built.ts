import { projectRoot } from '../../scripts/run-step.ts';
import { buildFault } from '../../scripts/start/build-if-changed.ts';

/** Before the tests of what is built: a page and a host of other sources would differ in their contract, and wait. */
export default function setup(): void {
	const fault = buildFault(projectRoot);
	if (fault !== null) throw new Error(fault);
}
