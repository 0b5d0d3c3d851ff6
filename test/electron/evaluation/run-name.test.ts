import { expect, test } from 'vitest';
import { manifestContextSchema } from '../../../electron/contract/evaluation/arm-context.ts';
import type { ManifestArm } from '../../../electron/contract/evaluation/manifest.ts';
import { parametersSchema } from '../../../electron/contract/evaluation/run-config.ts';
import { techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import { runName } from '../../../electron/evaluation/run-name.ts';

interface Varied {
	readonly prompt?: readonly [string, number];
	readonly model?: readonly [string, string];
	readonly shots?: number;
	readonly temperature?: number;
	/** Its name and scale. */
	readonly adapter?: readonly [string, number];
	/** How documents are looked into, and of which collection. */
	readonly documents?: readonly [mode: 'whole' | 'retrieve', collection?: string, k?: number];
}

function arm({
	prompt = ['Tickets', 4],
	model = ['SmolLM2 135M Instruct', 'Q8_0'],
	shots = 0,
	temperature = 0,
	documents,
	adapter,
}: Varied) {
	const [mode, collection = 'Handbook', k = null] = documents ?? [];
	return {
		prompt: { name: prompt[0], number: prompt[1], sha256: '' },
		model: { name: model[0], quantization: model[1], architecture: '', sizeBytes: 1, sha256: '', chat: true },
		technique: techniqueSchema.parse(shots === 0 ? { kind: 'zero-shot' } : { kind: 'few-shot', shots }),
		parameters: parametersSchema.parse({ temperature }),
		examples: [],
		contextSize: 1,
		...(adapter === undefined ? {} : { adapters: [{ name: adapter[0], scale: adapter[1], sha256: '' }] }),
		...(mode === undefined
			? {}
			: {
					context: manifestContextSchema.parse({
						documents: { collection, documents: 9, sha256: '', mode, k, search: 'bm25' },
					}),
				}),
	} satisfies ManifestArm;
}

test.each<[string, readonly Varied[]]>([
	['SmolLM2 135M Instruct Q8_0 on Sums', [{}]],
	['SmolLM2 135M Instruct Q8_0, 3-shot on Sums', [{ shots: 3 }]],
	['v4 vs v5 on Sums', [{}, { prompt: ['Tickets', 5] }]],
	['Tickets vs Bare on Sums', [{}, { prompt: ['Bare', 1] }]],
	['Q8_0 vs Q4_0 on Sums', [{}, { model: ['SmolLM2 135M Instruct', 'Q4_0'] }]],
	['135M vs 360M on Sums', [{}, { model: ['SmolLM2 360M Instruct', 'Q8_0'] }]],
	['Zero-shot vs 3-shot on Sums', [{}, { shots: 3 }]],
	['Temperature 0 vs temperature 0.7 on Sums', [{}, { temperature: 0.7 }]],
	['No context, passages, whole documents on Sums', [{}, { documents: ['retrieve'] }, { documents: ['whole'] }]],
	[
		'Passages of Handbook by words, at most 2 vs passages of Handbook by words, at most 8 on Sums',
		[{ documents: ['retrieve', 'Handbook', 2] }, { documents: ['retrieve', 'Handbook', 8] }],
	],
	[
		'Passages of Handbook by words vs all of Manual on Sums',
		[{ documents: ['retrieve'] }, { documents: ['whole', 'Manual'] }],
	],
	['base vs orders on Sums', [{}, { adapter: ['orders', 1] }]],
	// Not every file comes with every adapter.
	['Q8_0, Q8_0 + orders, Q4_0 on Sums', [{}, { adapter: ['orders', 1] }, { model: ['SmolLM2 135M Instruct', 'Q4_0'] }]],
	['v4, v5 × Q8_0, Q4_0 on Sums', [{}, { prompt: ['Tickets', 5] }, { model: ['SmolLM2 135M Instruct', 'Q4_0'] }]],
	['v1, v2 and 3 more on Sums', [1, 2, 3, 4, 5].map((number) => ({ prompt: ['Tickets', number] }))],
])('a run is named “%s”', (name, arms) => {
	expect(runName(arms.map(arm), 'Sums')).toBe(name);
});
