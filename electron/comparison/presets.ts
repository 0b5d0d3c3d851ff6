import {
	type ComparisonEstimate,
	type ComparisonPlan,
	type ComparisonPreset,
	type ComparisonText,
	comparisonPlanSchema,
	type PresetName,
} from '../contract/comparison/schema.ts';

/** How long a quick comparison should take, s. */
export const quickSeconds = 120;

type Measures = ComparisonPreset['plan'];

/** Prose and code: the kinds that most models are used for. */
const quickKinds: readonly string[] = ['prose', 'code'];

/** What each preset measures; for quick, from the most to the least that may fit into its time. */
function variantsOf(name: PresetName, texts: readonly ComparisonText[]): readonly [Measures, ...Measures[]] {
	const all = texts.map(({ path }) => path);
	if (name === 'normal') return [{ texts: all, chunks: 4, repetitions: 5, felt: true }];
	if (name === 'thorough') return [{ texts: all, chunks: null, repetitions: 10, felt: true }];
	const some = texts.filter(({ category }) => quickKinds.includes(category)).map(({ path }) => path);
	const few = some.length === 0 ? all.slice(0, 1) : some;
	return [
		{ texts: few, chunks: 8, repetitions: 3, felt: false },
		{ texts: few, chunks: 4, repetitions: 3, felt: false },
		{ texts: few, chunks: 2, repetitions: 3, felt: false },
		{ texts: few, chunks: 2, repetitions: 2, felt: false },
		{ texts: few.slice(0, 1), chunks: 2, repetitions: 2, felt: false },
	];
}

/**
 * Works out the presets for some files. Quick takes the most that fits into two minutes on this computer; where not
 * even the least fits, its estimate says how long that takes.
 */
export async function planPresets(
	files: Pick<ComparisonPlan, 'referenceId' | 'candidateIds' | 'quantize'>,
	texts: readonly ComparisonText[],
	estimate: (plan: ComparisonPlan) => Promise<ComparisonEstimate>,
): Promise<readonly ComparisonPreset[]> {
	const presets: ComparisonPreset[] = [];
	for (const name of ['quick', 'normal', 'thorough'] as const) {
		let chosen: ComparisonPreset | null = null;
		for (const plan of variantsOf(name, texts)) {
			chosen = { name, plan, estimate: await estimate(comparisonPlanSchema.parse({ ...files, ...plan })) };
			if (chosen.estimate.seconds <= quickSeconds) break;
		}
		if (chosen !== null) presets.push(chosen);
	}
	return presets;
}
