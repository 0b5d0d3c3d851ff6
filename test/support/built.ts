import { projectRoot } from '../../scripts/run-step.ts';
import { buildFault } from '../../scripts/start/build-if-changed.ts';

/**
 * Runs before the tests of the built product: a page and a host from different sources would differ in their contract,
 * and wait.
 */
export default function setup(): void {
	const fault = buildFault(projectRoot);
	if (fault !== null) throw new Error(fault);
}
