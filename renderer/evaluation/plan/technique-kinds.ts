import {
	type DatasetLook,
	exampleAnswer,
	exampleSplit,
	usualShots,
} from '../../../electron/contract/evaluation/defaults.ts';
import type { Technique } from '../../../electron/contract/evaluation/technique.ts';
import { t } from '../../messages/t.ts';
import { completeTechnique } from './run-draft.ts';

/** Techniques with their names and hints, in display order. */
export const techniqueKinds: Record<Technique['kind'], { words: string; hint: string }> = {
	'zero-shot': { words: t('Zero-shot'), hint: t('the question alone') },
	'few-shot': { words: t('Examples'), hint: t('solved samples before the question') },
	'chain-of-thought': { words: t('Chain of thought'), hint: t('reasons first, then answers') },
	'self-consistency': {
		words: t('Self-consistency'),
		hint: t('several chains of thought; the most frequent answer counts'),
	},
	'choice-letter': { words: t('Letter choice'), hint: t('lettered choices; the model writes a letter') },
	'choice-likelihood': {
		words: t('Likeliest choice'),
		hint: t('nothing is generated; the choice with the highest likelihood'),
	},
	tools: { words: t('Tools'), hint: t('the model may call tools; results are recorded, or computed in a sandbox') },
};

/** Lists the splits of the dataset. */
export function listSplits(look: DatasetLook | null): readonly string[] {
	return (look?.facets.splits ?? []).map(({ split }) => split);
}

/** Lists the techniques that the samples allow; those with choices need choices. */
export function listOfferedTechniques(look: DatasetLook | null): readonly Technique['kind'][] {
	const choices = (look?.facets.withChoices ?? 0) > 0;
	return (Object.keys(techniqueKinds) as Technique['kind'][]).filter((kind) => choices || !kind.startsWith('choice'));
}

/** Creates a technique with its defaults; its examples come from the dataset. */
export function createTechnique(kind: Technique['kind'], look: DatasetLook | null): Technique {
	if (kind === 'zero-shot' || kind === 'tools') return completeTechnique({ kind });
	const examples = { split: exampleSplit(look), answer: exampleAnswer(look) };
	return completeTechnique(
		kind === 'few-shot' ? { kind, shots: usualShots(look), ...examples } : { kind, ...examples },
	);
}
