import type { ModelFile, ModelState } from '../../electron/contract/library/schema.ts';
import { formatPercent } from '../design/format.ts';
import { t } from '../messages/t.ts';

/** Labels of the loading stages; 'queued' comes before them. */
export const loadStageLabels: Readonly<Record<string, string>> = {
	queued: t('Waiting for other answers'),
	starting: t('Starting the engine'),
	weights: t('Reading the weights'),
	context: t('Allocating the context'),
	threads: t('Measuring this computer’s speed'),
};

/** State of a model as a short text and a tone; the same everywhere. */
export type LoadState = {
	tone: 'good' | 'bad' | 'warn' | 'idle' | 'busy';
	text: string;
};

export function describeLoadState(model: ModelFile, state: ModelState | undefined): LoadState {
	if (model.problem !== null) return { tone: 'bad', text: t('Can’t be used') };
	if (state?.state === 'loading') {
		const { fraction } = state.progress;
		return {
			tone: 'busy',
			text: fraction === null ? t('Loading') : t('Loading {fraction}', { fraction: formatPercent(fraction) }),
		};
	}
	if (state?.state === 'loaded') return { tone: 'good', text: t('Loaded') };
	if (!model.chat) return { tone: 'warn', text: t('Base model') };
	if (state?.state === 'unloaded' && state.failure !== null) return { tone: 'bad', text: t('Stopped working') };
	return { tone: 'idle', text: t('Not loaded') };
}
