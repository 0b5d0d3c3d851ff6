import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createComparisons } from '../../../electron/comparison/comparisons.ts';
import { planComparison } from '../../../electron/comparison/plan.ts';
import { insertAdapter, setAdapterRemoved } from '../../../electron/library/adapters/adapter-rows.ts';
import { sha256OfFile } from '../../../models/file-hash.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { failureOf } from '../../support/failure.ts';
import { writeTinyLora } from '../../support/tiny-lora.ts';
import { addFile, context, ended, plan, scene } from './scene.ts';

async function addAdapter(parameters = 100_000): Promise<{ id: number; sizeBytes: number }> {
	const path = writeTinyLora(join(scene.folder, 'tickets.gguf'));
	const { size: sizeBytes } = statSync(path);
	const id = insertAdapter(scene.database, {
		...{ name: 'Tickets', path, sha256: await sha256OfFile(path), sizeBytes, architecture: 'llama', rank: 4, alpha: 4 },
		...{ modules: ['attn_q'], origin: 'trained', trainingRunId: null, datasetVersionId: null, manifest: '' },
		...{ licenceNote: '', createdAt: 1 },
		base: { modelFileId: 1, sha256: null, name: 'Tiny', quantization: 'F32', parameters },
	});
	return { id, sizeBytes };
}

test('a file is compared with adapters at several scales: divergence, speed and size hold for both together', async () => {
	const { id, sizeBytes } = await addAdapter();
	const scales: unknown[] = [];
	scene.comparisons = createComparisons(
		context({
			native: async (task, options) => {
				if (task.kind === 'bench') scales.push('adapters' in task ? task.adapters?.map(({ scale }) => scale) : null);
				return (await runNativeTask(task, options)) as never;
			},
		}),
	);
	const adapted = [1, 0.5, 0].map((scale) => ({ modelFileId: 1, adapters: [{ id, scale }] }));
	const wanted = plan({
		quantize: [],
		// The same twice is measured once.
		adapted: [...adapted, adapted[1]!],
		repetitions: 1,
		texts: [join(scene.folder, 'prose.txt')],
		prompts: ['the'],
	});
	const done = await ended((await scene.comparisons.start(wanted)).id);
	expect(done).toMatchObject({ status: 'done', failure: null, plan: { candidateIds: [], adapted } });
	expect(done.rows.map(({ name }) => name)).toEqual([
		'F32',
		'F32 + Tickets',
		'F32 + Tickets × 0.5',
		'F32 + Tickets × 0',
	]);
	expect(scales).toEqual([null, [1], [0.5], [0]]);
	const [, whole, half, none] = done.rows.map(({ quality }) => quality[0]?.klDivergence ?? -1);
	expect(whole).toBeGreaterThan(half ?? 0);
	expect(half).toBeGreaterThan(0.001);
	expect(none).toBeLessThan(1e-6);
	expect(done.rows.map((row) => row.sizeBytes)).toEqual([
		400_000,
		...Array.from({ length: 3 }, () => 400_000 + sizeBytes),
	]);
	expect(done.rows[1]?.adapters).toMatchObject([{ id, name: 'Tickets', scale: 1, sizeBytes }]);
	expect(done.rows[1]?.answers[0]?.text).not.toBe(done.rows[0]?.answers[0]?.text);
	expect(done.rows[3]?.answers[0]?.text).toBe(done.rows[0]?.answers[0]?.text);
	// What it changes is no loss, and without samples nothing says whether it is a gain.
	expect(done.rows.slice(1).map(({ outcome }) => outcome)).toEqual(['undecided', 'undecided', 'undecided']);
	expect(done.verdict?.text).toContain('Only samples tell');
	// They are no figures of the file itself.
	expect(scene.comparisons.figures()[0]?.divergences.map(({ value }) => value)).toEqual([0]);

	const again = await scene.comparisons.again(done.id);
	expect(again.plan).toEqual(done.plan);
	await scene.comparisons.pause(again.id);
	expect((await scene.comparisons.manifest(done.id)).hash).not.toBe('');
});

test('an adapter of another shape is refused before anything is measured', async () => {
	const { id } = await addAdapter(7);
	const wanted = plan({ quantize: [], adapted: [{ modelFileId: 1, adapters: [{ id, scale: 1 }] }] });
	expect(await failureOf(() => scene.comparisons.start(wanted))).toMatchObject({ code: 'adapter-unsuitable' });
});

test('a comparison whose adapter was removed is not resumed, nor measured further, until it is back', async () => {
	const { id: adapterId } = await addAdapter();
	const wanted = plan({ quantize: [], adapted: [{ modelFileId: 1, adapters: [{ id: adapterId, scale: 1 }] }] });
	const { id } = await scene.comparisons.start({ ...wanted, texts: [], repetitions: 1 });
	await scene.comparisons.pause(id);
	setAdapterRemoved(scene.database, adapterId, 1);
	const refused = {
		code: 'adapter-unknown',
		message: 'The adapter Tickets is no longer in the library, so this comparison can’t continue.',
		next: ['Start a comparison without this adapter', 'Import it again and start a new comparison'],
	};
	expect(await failureOf(() => scene.comparisons.resume(id))).toMatchObject(refused);
	expect(scene.comparisons.get(id).status).toBe('paused');

	setAdapterRemoved(scene.database, adapterId, null);
	const file = join(scene.folder, 'tickets.gguf');
	renameSync(file, `${file}.away`);
	expect(await failureOf(() => scene.comparisons.resume(id))).toMatchObject({ code: 'model-file-missing' });
	renameSync(`${file}.away`, file);
	await scene.comparisons.resume(id);
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null });

	setAdapterRemoved(scene.database, adapterId, 1);
	expect(await failureOf(() => scene.comparisons.extend({ id, speed: true }))).toMatchObject(refused);
	expect(scene.comparisons.get(id).rows.map(({ generation }) => generation !== null)).toEqual([true, true]);
});

test('a merged file is another model than its base; a file whose header says nothing is not', () => {
	const { library } = context();
	const lineage = { basename: 'tiny', sizeLabel: null, finetune: null, version: null, baseModel: null };
	const finetunes = [null, 'Tiny + Tickets', 'Instruct'];
	const files = finetunes.map((finetune, index) => ({
		...addFile(`F${index}`, join(scene.folder, `${index}.gguf`)),
		lineage: { ...lineage, finetune },
	}));
	const modelFile = (id: number) => files.find((file) => file.id === id) ?? library.modelFile(id);
	const ids = files.map(({ id }) => id);
	const changedFrom = (referenceId: number): boolean[] =>
		planComparison(
			context({ library: { ...library, modelFile } }),
			plan({ referenceId, candidateIds: ids.filter((id) => id !== referenceId), quantize: [] }),
			null,
		).candidates.map(({ changed }) => changed);
	expect(changedFrom(ids[0] ?? 0)).toEqual([false, true, false]);
	expect(changedFrom(ids[2] ?? 0)).toEqual([false, false, true]);
});
