import type { ModelFile, ModelState } from '../../electron/contract/library/schema.ts';
import { formatPercent } from '../design/format.ts';

/** Labels of the loading stages; 'queued' comes before them. */
export const loadStageLabels: Readonly<Record<string, string>> = {
	queued: 'Waiting for other answers',
	starting: 'Starting the engine',
	weights: 'Reading the weights',
	context: 'Allocating the context',
	threads: 'Measuring thread counts',
};

/** State of a model as a short text and a tone; the same everywhere. */
export type LoadState = {
	tone: 'good' | 'bad' | 'warn' | 'idle' | 'busy';
	text: string;
};

export function describeLoadState(model: ModelFile, state: ModelState | undefined): LoadState {
	if (model.problem !== null) return { tone: 'bad', text: 'Can’t be used' };
	if (state?.state === 'loading') {
		const { fraction } = state.progress;
		return { tone: 'busy', text: fraction === null ? 'Loading' : `Loading ${formatPercent(fraction)}` };
	}
	if (state?.state === 'loaded') return { tone: 'good', text: 'Loaded' };
	if (!model.chat) return { tone: 'warn', text: 'Base model' };
	if (state?.state === 'unloaded' && state.failure !== null) return { tone: 'bad', text: 'Stopped working' };
	return { tone: 'idle', text: 'Not loaded' };
}
