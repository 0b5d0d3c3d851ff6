import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAdapters } from '../../../electron/library/adapters/adapters.ts';
import { servedAdapters } from '../../../electron/server/choose-served-model.ts';
import type { ServerContext } from '../../../electron/server/context.ts';
import { createChoiceScorer } from '../../../electron/server/score-choices.ts';
import { createPreset } from '../../../electron/settings/presets.ts';
import { createTestLibrary } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { writeTinyLora } from '../../support/tiny-lora.ts';

async function place() {
	const { library, seam } = createTestLibrary();
	const adapters = createAdapters(seam, library);
	mkdirSync(adapters.folder, { recursive: true });
	const base = await library.files.add(writeTinyGguf(join(temporaryFolder(), 'tiny.gguf')));
	const other = await library.files.add(writeTinyGguf(join(temporaryFolder(), 'deeper.gguf'), { layers: 3 }));
	const path = writeTinyLora(join(adapters.folder, 'one.gguf'));
	const one = await adapters.register({
		...{ name: 'one', path, base, exact: true, origin: 'trained', trainingRunId: null, datasetVersionId: null },
		...{ manifest: '', licenceNote: '' },
	});
	return { library, seam, base, other, one };
}

test('the default name leaves out adapters of the default preset that do not fit its model', async () => {
	const { library, seam, base, other, one } = await place();
	const adapters = [{ id: one.id, scale: 1 }];
	const input = { name: 'JSON', systemPrompt: '', sampling: {}, contextSize: null, adapters };
	const { id } = createPreset(seam.database, input, 1);
	const settings = () => ({ defaultPresetId: id }) as ReturnType<ServerContext['settings']>;
	const context = { library, database: seam.database, settings };
	expect(servedAdapters(context, undefined, base)).toEqual([{ path: one.path, scale: 1 }]);
	expect(servedAdapters(context, 'default', other)).toEqual([]);
});

test('choices are scored with the adapters of the load settings where nothing else is named', async () => {
	const { library, seam, base, one } = await place();
	library.files.setDefault(base.id);
	const adapters = [{ path: one.path, scale: 0.5 }];
	library.setOptions(base.id, { adapters });
	const opened: unknown[] = [];
	const context = {
		...{ library, database: seam.database, settings: () => ({ defaultPresetId: null }) },
		beginAnswer: () => () => {},
		async openSession(options: { readonly adapters?: unknown }) {
			opened.push(options.adapters);
			return { likelihood: async () => [{ logLikelihoods: [-1, -2], tokens: [1, 1] }], close: async () => {} };
		},
	};
	const scorer = createChoiceScorer(context as unknown as ServerContext);
	const asked = { question: 'Which?', choices: ['a', 'b'], systemPrompt: '', raw: false };
	expect((await scorer.score(asked)).best).toBe(0);
	await scorer.close();
	expect(opened).toEqual([adapters]);
});
